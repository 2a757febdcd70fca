import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { INSTANCE } from '../../fixtures/lab/metadata.ts';
import { METADATA } from '../../helpers/constants/addresses.ts';
import { ENVOY_UID } from '../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { counted } from '../shared/counted.ts';
import { FAILURE_MODE_ALLOW } from '../shared/identity/faults.ts';
import {
  FORGED_IDENTITY,
  INSTANCE_HEADERS,
  identityHeaders,
  identityHeadersOf,
  instanceHeadersOf,
  NO_INSTANCE_HEADERS,
} from '../shared/identity/headers.ts';
import { TOKEN_TTL, withMetadata } from '../shared/identity/metadata.ts';
import { RULE, workloadIdentityAws } from './scenario.ts';

const test = chapter(workloadIdentityAws);

const TOKEN = 'x-aws-ec2-metadata-token';
const HOURS_6 = 21_600;

/** What the stub asks for a request, by the state of the token that it sent. */
const put = (status: number) => `PUT /latest/api/token none ${status}`;
const gets = (token: string, status: number) => Object.keys(INSTANCE).map((path) => `GET ${path} ${token} ${status}`);

/** A call to the metadata service of a user that the rules leave alone, and without the stub. */
const directly = { uid: ENVOY_UID } as const;

const captured = counted(RULE.capture, { packets: 1 });

const asked = (metadata: { method: string; path: string; token: string; status: number }[]) =>
  metadata.map(({ method, path, token, status }) => `${method} ${path} ${token} ${status}`);

describe('metadata of the instance', () => {
  test('the upstream is told the host name, the id and the zone of the instance, beside program and user', async ({
    lab,
    downstream,
  }) => {
    const { reply, received } = await downstream.get(lab.envoyUrl, { program: 'curl' });
    expect(reply.outcome).toBe(200);
    expect(instanceHeadersOf(received)).toEqual({
      'x-workload-local-hostname': 'ip-198-51-100-1.eu-central-1.compute.internal',
      'x-workload-instance-id': 'i-0123456789abcdef0',
      'x-workload-zone': 'eu-central-1a',
    });
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Curl', '1000'));
  });

  test('the stub asks with version 2: first for a token, then with it', async ({ lab, authz, downstream }) => {
    await authz.answers(withMetadata());
    const { metadata } = await downstream.get(lab.envoyUrl);
    expect(asked(metadata)).toEqual([put(200), ...gets('valid', 200)]);
  });

  test('it keeps its token for the next request', async ({ lab, authz, downstream }) => {
    await authz.answers(withMetadata());
    await downstream.get(lab.envoyUrl);
    const { received, metadata } = await downstream.get(lab.envoyUrl);
    expect(asked(metadata)).toEqual(gets('valid', 200));
    expect(instanceHeadersOf(received)).toEqual(INSTANCE_HEADERS);
  });

  test('it gets another token when its own has expired, and the request is none the wiser', async ({
    lab,
    authz,
    metadata: service,
    downstream,
  }) => {
    await authz.answers(withMetadata());
    await downstream.get(lab.envoyUrl);
    await service.advance(HOURS_6);
    const { reply, received, metadata } = await downstream.get(lab.envoyUrl);
    expect(asked(metadata)).toEqual([...gets('expired', 401), put(200), ...gets('valid', 200)]);
    expect(reply.outcome).toBe(200);
    expect(instanceHeadersOf(received)).toEqual(INSTANCE_HEADERS);
  });

  test('where the service speaks version 1 alone, the stub asks without a token', async ({
    lab,
    authz,
    metadata: service,
    downstream,
  }) => {
    await service.speaks(['v1']);
    await authz.answers(withMetadata());
    const { received, metadata } = await downstream.get(lab.envoyUrl);
    expect(asked(metadata)).toEqual([put(404), ...gets('none', 200)]);
    expect(instanceHeadersOf(received)).toEqual(INSTANCE_HEADERS);
  });

  test('where the stub may not use version 1, it does not, and says so', async ({
    lab,
    authz,
    metadata: service,
    downstream,
  }) => {
    await service.speaks(['v1']);
    await authz.answers(withMetadata({ v1: false }));
    const { reply, received, metadata, authzLog } = await downstream.get(lab.envoyUrl);
    expect(asked(metadata)).toEqual([put(404)]);
    expect(authzLog).toEqual([
      `${reply.local} is Node of 1000`,
      'metadata: PUT api/token: answered 404, and version 1 is not allowed',
    ]);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
  });
});

describe('failures of the metadata service', () => {
  test('while the metadata are unreachable, the stub says so in a line, and Envoy lets nobody through', async ({
    lab,
    authz,
    metadata: service,
    downstream,
  }) => {
    await authz.answers(withMetadata());
    await service.stop();
    const { reply, received, accessLog, authzLog } = await downstream.get(lab.envoyUrl);
    expect(authzLog).toEqual([`${reply.local} is Node of 1000`, 'metadata: PUT api/token: no connection']);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_error' }),
    ]);
  });

  test('a token does not help when the metadata become unreachable', async ({
    lab,
    authz,
    metadata: service,
    downstream,
  }) => {
    await authz.answers(withMetadata());
    await downstream.get(lab.envoyUrl);
    await service.stop();
    const { reply, authzLog } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(403);
    expect(authzLog).toEqual([`${reply.local} is Node of 1000`, 'metadata: GET meta-data: no connection']);
  });

  test(
    'with failure_mode_allow the request goes on without any identity, and so it does where it brings a forged one',
    changesEnvoy,
    async ({ lab, authz, metadata: service, downstream }) => {
      await lab.restartEnvoy({ config: FAILURE_MODE_ALLOW });
      await authz.answers(withMetadata());
      await service.stop();
      const headers = FORGED_IDENTITY;
      const { reply, received, authzLog } = await downstream.get(lab.envoyUrl, { headers });
      expect(authzLog).toContain('metadata: PUT api/token: no connection');
      expect(reply.outcome).toBe(200);
      expect(instanceHeadersOf(received)).toEqual(NO_INSTANCE_HEADERS);
      expect(identityHeadersOf(received)).toEqual(identityHeaders(undefined, undefined));
    },
  );

  test('a metadata service that keeps silent is told by how long it was waited for', async ({
    lab,
    authz,
    netfilter,
    downstream,
  }) => {
    await netfilter.add(`
    *filter
    -A OUTPUT -d ${METADATA} -p tcp --dport 80 -m comment --comment "the metadata service hears nothing" -j DROP
    COMMIT`);
    await authz.answers(withMetadata({ v1: false, timeoutMs: TIMEOUTS.silenceMs }));
    const { reply, metadata, authzLog } = await downstream.get(lab.envoyUrl);
    expect(metadata).toEqual([]);
    expect(authzLog).toEqual([
      `${reply.local} is Node of 1000`,
      `metadata: PUT api/token: no answer within ${TIMEOUTS.silenceMs} ms`,
    ]);
    expect(reply.outcome).toBe(403);
  });
});

describe('calls of the authorization service', () => {
  test('a redirected request costs the stub two calls, and the rule that leaves them alone counts both', async ({
    authz,
    downstream,
    upstream,
  }) => {
    await authz.answers(withMetadata());
    const { received, rules, checks } = await downstream.get(`http://${upstream.address.ipv4}`);
    expect(instanceHeadersOf(received)).toEqual(INSTANCE_HEADERS);
    expect(rules).toEqual([counted(RULE.exempt, { packets: 2 }), captured]);
    expect(checks).toHaveLength(1);
  });

  test('that rule goes by group: a program of root is captured, and told as what it is', async ({
    downstream,
    upstream,
  }) => {
    const { received, rules } = await downstream.get(`http://${upstream.address.ipv4}`, { program: 'curl', uid: 0 });
    expect(rules).toContainEqual(captured);
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Curl', 'root'));
  });

  test('a rule that leaves root alone instead would let every program of root past Envoy', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.add(`
    *nat
    -I OUTPUT -p tcp --dport 80 -m owner --uid-owner 0 -m comment --comment "leave root alone" -j RETURN
    COMMIT`);
    const { reply, checks, rules } = await downstream.get(`http://${upstream.address.ipv4}`, {
      program: 'curl',
      uid: 0,
    });
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(checks).toEqual([]);
    expect(rules).toEqual([counted('leave root alone', { packets: 1 })]);
  });

  test("without the exemption Envoy asks the stub about the stub's own call, which the stub refuses", async ({
    lab,
    authz,
    netfilter,
    downstream,
  }) => {
    await netfilter.without(RULE.exempt);
    await authz.answers(withMetadata({ v1: false }));
    const { reply, received, checks, metadata, authzLog, rules } = await downstream.get(lab.envoyUrl);
    expect(rules).toEqual([captured]);
    expect(checks.map(({ attributes }) => attributes?.request?.http?.path)).toEqual(['/', '/latest/api/token']);
    expect(metadata).toEqual([]);
    expect(authzLog).toEqual([
      `${reply.local} is Node of 1000`,
      "metadata: the stub's own call has been intercepted",
      'metadata: PUT api/token: answered 403, and version 1 is not allowed',
    ]);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
  });
});

describe('calls of a workload', () => {
  test("a workload's own call to the metadata service is captured, and never gets there", async ({
    metadata: service,
    downstream,
  }) => {
    const { reply, received, metadata } = await downstream.get(service.instanceIdUrl);
    expect(received[0]?.path).toBe('/latest/meta-data/instance-id');
    expect(reply.servedBy).toBe('upstream');
    expect(metadata).not.toContainEqual(expect.objectContaining({ remote: reply.local }));
  });

  test('Envoy takes 169.254.169.254 on the loopback interface for its own address, and names it in x-forwarded-for', async ({
    lab,
    downstream,
    upstream,
  }) => {
    const loopback = await downstream.get(lab.envoyUrl);
    const redirected = await downstream.get(`http://${upstream.address.ipv4}`);
    expect(loopback.received[0]?.header('x-forwarded-for')).toBe(METADATA);
    expect(redirected.received[0]?.header('x-forwarded-for')).toBe('198.51.100.1');
  });
});

describe('metadata service', () => {
  test('version 1 answers a plain GET', async ({ metadata: service, downstream }) => {
    const { reply, rules } = await downstream.get(service.instanceIdUrl, directly);
    expect([reply.outcome, reply.body]).toEqual([200, 'i-0123456789abcdef0']);
    expect(rules).toEqual([]);
  });

  test('with version 1 off a GET without a token is 401', async ({ metadata: service, downstream }) => {
    await service.speaks(['v2']);
    const { reply, metadata } = await downstream.get(service.instanceIdUrl, directly);
    expect(reply.outcome).toBe(401);
    expect(asked(metadata)).toEqual(['GET /latest/meta-data/instance-id none 401']);
  });

  test('a token is good for as long as it was asked for, and 401 from then on', async ({
    metadata: service,
    downstream,
  }) => {
    const { reply } = await downstream.get(service.tokenUrl, {
      ...directly,
      method: 'PUT',
      headers: { [TOKEN_TTL]: '60' },
    });
    expect(reply.header(TOKEN_TTL)).toBe('60');
    const withToken = { ...directly, headers: { [TOKEN]: reply.body } };
    const fresh = await downstream.get(service.instanceIdUrl, withToken);
    await service.advance(60);
    const expired = await downstream.get(service.instanceIdUrl, withToken);
    expect([fresh, expired].map((seen) => seen.reply.outcome)).toEqual([200, 401]);
    expect(expired.metadata).toEqual([expect.objectContaining({ token: 'expired', status: 401 })]);
  });

  test('a token that the service never gave is 401, even where none would have done', async ({
    metadata: service,
    downstream,
  }) => {
    const { reply } = await downstream.get(service.instanceIdUrl, { ...directly, headers: { [TOKEN]: 'made-up' } });
    expect(reply.outcome).toBe(401);
  });

  test('a PUT that does not say how long its token shall live, or says too long, is 400', async ({
    metadata: service,
    downstream,
  }) => {
    const without = await downstream.get(service.tokenUrl, { ...directly, method: 'PUT' });
    const tooLong = await downstream.get(service.tokenUrl, {
      ...directly,
      method: 'PUT',
      headers: { [TOKEN_TTL]: String(HOURS_6 + 1) },
    });
    expect([without, tooLong].map(({ reply }) => reply.outcome)).toEqual([400, 400]);
  });

  test('a PUT that came through a proxy is 403: no token for who was forwarded', async ({
    metadata: service,
    downstream,
  }) => {
    const headers = { [TOKEN_TTL]: '60', 'x-forwarded-for': '192.0.2.10' };
    const { reply } = await downstream.get(service.tokenUrl, { ...directly, method: 'PUT', headers });
    expect(reply.outcome).toBe(403);
  });
});

describe('without rules', () => {
  test('without the rules port 80 of the upstream refuses, and nobody is asked', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.off();
    const { reply, checks, metadata } = await downstream.get(`http://${upstream.address.ipv4}`);
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect([checks, metadata]).toEqual([[], []]);
  });
});

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

/** Requests to the instance metadata service, with the state of the token that they carried. */
const put = (status: number) => `PUT /latest/api/token none ${status}`;
const gets = (token: string, status: number) => Object.keys(INSTANCE).map((path) => `GET ${path} ${token} ${status}`);

/** For a request to the instance metadata service by a user that no rule captures. */
const directly = { uid: ENVOY_UID } as const;

const captured = counted(RULE.capture, { packets: 1 });

const requestLines = (metadata: { method: string; path: string; token: string; status: number }[]) =>
  metadata.map(({ method, path, token, status }) => `${method} ${path} ${token} ${status}`);

describe('instance metadata', () => {
  test('the upstream receives x-workload-local-hostname, x-workload-instance-id and x-workload-zone', async ({
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

  test('the authorization service gets an IMDSv2 token with PUT, then reads the metadata with it', async ({
    lab,
    authz,
    downstream,
  }) => {
    await authz.answers(withMetadata());
    const { metadata } = await downstream.get(lab.envoyUrl);
    expect(requestLines(metadata)).toEqual([put(200), ...gets('valid', 200)]);
  });

  test('the authorization service reuses its IMDSv2 token for the next request', async ({ lab, authz, downstream }) => {
    await authz.answers(withMetadata());
    await downstream.get(lab.envoyUrl);
    const { received, metadata } = await downstream.get(lab.envoyUrl);
    expect(requestLines(metadata)).toEqual(gets('valid', 200));
    expect(instanceHeadersOf(received)).toEqual(INSTANCE_HEADERS);
  });

  test('an expired IMDSv2 token (401) is renewed during the same request, which gets 200', async ({
    lab,
    authz,
    metadata: service,
    downstream,
  }) => {
    await authz.answers(withMetadata());
    await downstream.get(lab.envoyUrl);
    await service.advance(HOURS_6);
    const { reply, received, metadata } = await downstream.get(lab.envoyUrl);
    expect(requestLines(metadata)).toEqual([...gets('expired', 401), put(200), ...gets('valid', 200)]);
    expect(reply.outcome).toBe(200);
    expect(instanceHeadersOf(received)).toEqual(INSTANCE_HEADERS);
  });

  test('with IMDSv1 only (token PUT gets 404), the authorization service reads metadata without a token', async ({
    lab,
    authz,
    metadata: service,
    downstream,
  }) => {
    await service.setVersions(['v1']);
    await authz.answers(withMetadata());
    const { received, metadata } = await downstream.get(lab.envoyUrl);
    expect(requestLines(metadata)).toEqual([put(404), ...gets('none', 200)]);
    expect(instanceHeadersOf(received)).toEqual(INSTANCE_HEADERS);
  });

  test('with IMDSv1 only but disallowed, the authorization service logs an error and the request gets 403', async ({
    lab,
    authz,
    metadata: service,
    downstream,
  }) => {
    await service.setVersions(['v1']);
    await authz.answers(withMetadata({ v1: false }));
    const { reply, received, metadata, authzLog } = await downstream.get(lab.envoyUrl);
    expect(requestLines(metadata)).toEqual([put(404)]);
    expect(authzLog).toEqual([
      `${reply.local} program=Node user=1000`,
      'metadata: PUT api/token: status 404; version 1 is not allowed',
    ]);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
  });
});

describe('failures of the instance metadata service', () => {
  test('while the instance metadata service is stopped, a request gets 403 UAEX and the error is logged', async ({
    lab,
    authz,
    metadata: service,
    downstream,
  }) => {
    await authz.answers(withMetadata());
    await service.stop();
    const { reply, received, accessLog, authzLog } = await downstream.get(lab.envoyUrl);
    expect(authzLog).toEqual([`${reply.local} program=Node user=1000`, 'metadata: PUT api/token: cannot connect']);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_error' }),
    ]);
  });

  test('a cached IMDSv2 token does not help while the instance metadata service is stopped: 403', async ({
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
    expect(authzLog).toEqual([`${reply.local} program=Node user=1000`, 'metadata: GET meta-data: cannot connect']);
  });

  test(
    'with failure_mode_allow and no instance metadata service, forged x-workload-* headers are removed: 200',
    changesEnvoy,
    async ({ lab, authz, metadata: service, downstream }) => {
      await lab.restartEnvoy({ config: FAILURE_MODE_ALLOW });
      await authz.answers(withMetadata());
      await service.stop();
      const headers = FORGED_IDENTITY;
      const { reply, received, authzLog } = await downstream.get(lab.envoyUrl, { headers });
      expect(authzLog).toContain('metadata: PUT api/token: cannot connect');
      expect(reply.outcome).toBe(200);
      expect(instanceHeadersOf(received)).toEqual(NO_INSTANCE_HEADERS);
      expect(identityHeadersOf(received)).toEqual(identityHeaders(undefined, undefined));
    },
  );

  test("a timed-out instance metadata request is logged with its timeout, and the client's request gets 403", async ({
    lab,
    authz,
    netfilter,
    downstream,
  }) => {
    await netfilter.add(`
    *filter
    -A OUTPUT -d ${METADATA} -p tcp --dport 80 -m comment --comment "drop packets to the metadata service" -j DROP
    COMMIT`);
    await authz.answers(withMetadata({ v1: false, timeoutMs: TIMEOUTS.silenceMs }));
    const { reply, metadata, authzLog } = await downstream.get(lab.envoyUrl);
    expect(metadata).toEqual([]);
    expect(authzLog).toEqual([
      `${reply.local} program=Node user=1000`,
      `metadata: PUT api/token: no response within ${TIMEOUTS.silenceMs} ms`,
    ]);
    expect(reply.outcome).toBe(403);
  });
});

describe('requests of the authorization service', () => {
  test('a redirected request causes two metadata connections, both exempted by the --gid-owner rule', async ({
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

  test('the exemption matches the group (--gid-owner): a root process outside it is captured', async ({
    downstream,
    upstream,
  }) => {
    const { received, rules } = await downstream.get(`http://${upstream.address.ipv4}`, { program: 'curl', uid: 0 });
    expect(rules).toContainEqual(captured);
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Curl', 'root'));
  });

  test('with an exemption by --uid-owner 0, a root process bypasses Envoy: upstream port 80 refuses it', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.add(`
    *nat
    -I OUTPUT -p tcp --dport 80 -m owner --uid-owner 0 -m comment --comment "exempt root" -j RETURN
    COMMIT`);
    const { reply, checks, rules } = await downstream.get(`http://${upstream.address.ipv4}`, {
      program: 'curl',
      uid: 0,
    });
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(checks).toEqual([]);
    expect(rules).toEqual([counted('exempt root', { packets: 1 })]);
  });

  test("without the --gid-owner rule, the authorization service's metadata request is captured and denied: 403", async ({
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
      `${reply.local} program=Node user=1000`,
      "metadata: Envoy intercepted the stub's own request",
      'metadata: PUT api/token: status 403; version 1 is not allowed',
    ]);
    expect(reply.outcome).toBe(403);
    expect(received).toEqual([]);
  });
});

describe('requests of a workload', () => {
  test("a workload's request to 169.254.169.254 is captured and does not reach the instance metadata service", async ({
    metadata: service,
    downstream,
  }) => {
    const { reply, received, metadata } = await downstream.get(service.instanceIdUrl);
    expect(received[0]?.path).toBe('/latest/meta-data/instance-id');
    expect(reply.servedBy).toBe('upstream');
    expect(metadata).not.toContainEqual(expect.objectContaining({ remote: reply.local }));
  });

  test("use_remote_address: x-forwarded-for is the client's source address, or Envoy's 169.254.169.254 over loopback", async ({
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

describe('instance metadata service', () => {
  test('a GET without a token gets 200 from the instance metadata service while IMDSv1 is enabled', async ({
    metadata: service,
    downstream,
  }) => {
    const { reply, rules } = await downstream.get(service.instanceIdUrl, directly);
    expect([reply.outcome, reply.body]).toEqual([200, 'i-0123456789abcdef0']);
    expect(rules).toEqual([]);
  });

  test('a GET without a token gets 401 from the instance metadata service while IMDSv1 is disabled', async ({
    metadata: service,
    downstream,
  }) => {
    await service.setVersions(['v2']);
    const { reply, metadata } = await downstream.get(service.instanceIdUrl, directly);
    expect(reply.outcome).toBe(401);
    expect(requestLines(metadata)).toEqual(['GET /latest/meta-data/instance-id none 401']);
  });

  test('a GET with an IMDSv2 token gets 200 until x-aws-ec2-metadata-token-ttl-seconds have passed, then 401', async ({
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

  test('a GET with an unknown x-aws-ec2-metadata-token gets 401, even while IMDSv1 is enabled', async ({
    metadata: service,
    downstream,
  }) => {
    const { reply } = await downstream.get(service.instanceIdUrl, { ...directly, headers: { [TOKEN]: 'made-up' } });
    expect(reply.outcome).toBe(401);
  });

  test('a token PUT with x-aws-ec2-metadata-token-ttl-seconds missing or above 21600 gets 400', async ({
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

  test('a token PUT with x-forwarded-for gets 403 from the instance metadata service', async ({
    metadata: service,
    downstream,
  }) => {
    const headers = { [TOKEN_TTL]: '60', 'x-forwarded-for': '192.0.2.10' };
    const { reply } = await downstream.get(service.tokenUrl, { ...directly, method: 'PUT', headers });
    expect(reply.outcome).toBe(403);
  });
});

describe('without rules', () => {
  test('without netfilter rules, upstream port 80 refuses the connection; no check or metadata request is made', async ({
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

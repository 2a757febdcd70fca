import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, separatePids } from '../../fixtures/chapter.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import { INSTANCE } from '../../fixtures/lab/metadata.ts';
import type { Upstream } from '../../fixtures/lab/upstream.ts';
import { ADDRESSES, endOf, METADATA } from '../../helpers/constants/addresses.ts';
import { DOWNSTREAM_UID, PORTS } from '../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { counted } from '../shared/counted.ts';
import {
  closedConnectionIsUnknown,
  eachRequestIsChecked,
  programsAreDistinguished,
} from '../shared/identity/claims.ts';
import { NO_REMOTE_ADDRESS } from '../shared/identity/faults.ts';
import {
  FORGED_IDENTITY,
  INSTANCE_HEADERS,
  identityHeaders,
  identityHeadersOf,
  instanceHeadersOf,
  NO_INSTANCE_HEADERS,
} from '../shared/identity/headers.ts';
import { TOKEN_TTL, withMetadata } from '../shared/identity/metadata.ts';
import { RULE, tproxyAwsIdentity } from './scenario.ts';

const test = chapter(tproxyAwsIdentity);

const LISTENER = 'listener.0.0.0.0_4999.downstream_cx_total';
const capturedOnce = counted(RULE.capture, { packets: 1 });
const throughRouter = (_: Lab, { url }: Upstream) => url;

describe('identity headers', () => {
  test("the ext_authz check has the downstream's own address as source and the dialled one as destination", async ({
    downstream,
    upstream,
  }) => {
    const { reply, checks } = await downstream.get(upstream.url);
    expect(reply.local ?? 'no connection').toContain(`${ADDRESSES.downstream.ipv4}:`);
    expect(checks.map(({ attributes }) => attributes)).toEqual([
      expect.objectContaining({
        source: {
          address: {
            socket_address: { address: ADDRESSES.downstream.ipv4, port_value: endOf(reply.local).port },
          },
        },
        destination: { address: { socket_address: { address: upstream.address.ipv4, port_value: PORTS.http } } },
      }),
    ]);
    // Long enough for both lookups on a busy machine; Envoy's default is 200 ms.
    expect(checks[0]?.timeout, 'timeout of the check').toBe('5000m');
  });

  programsAreDistinguished(
    test,
    "x-workload-id and x-workload-user name the program and user on the downstream's host",
    throughRouter,
    [0, DOWNSTREAM_UID],
  );

  test('x-workload-local-hostname, x-workload-instance-id and x-workload-zone name the instance', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received } = await downstream.get(upstream.url);
    expect(reply.servedBy).toBe('upstream');
    expect(reply.header('server')).toBe('envoy');
    expect(instanceHeadersOf(received)).toEqual(INSTANCE_HEADERS);
  });

  eachRequestIsChecked(
    test,
    'ext_authz checks both requests of one connection; the TPROXY rule counts the connection once',
    throughRouter,
    RULE.capture,
  );
});

describe('forged and unknown workloads', () => {
  test('forged x-workload-* headers reach neither the ext_authz check nor the upstream', async ({
    downstream,
    upstream,
  }) => {
    const headers = FORGED_IDENTITY;
    const { received, checks } = await downstream.get(upstream.url, { headers });
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Node', '1000'));
    expect(instanceHeadersOf(received)).toEqual(INSTANCE_HEADERS);
    // The check that the stub receives has none of them.
    const names = Object.keys(checks[0]?.attributes?.request?.http?.headers ?? {});
    expect(names).toContain(':authority');
    expect(names.filter((name) => name.startsWith('x-workload-'))).toEqual([]);
  });

  test(
    'a process in an unshared pid namespace gets x-workload-id: Unknown but its uid in x-workload-user',
    separatePids,
    async ({ lab, downstream, upstream }) => {
      const hidden = await lab.startHiddenHost();
      const { reply, received, authzLog } = await downstream.get(upstream.url, { host: hidden });
      expect(reply.local).toContain(`${ADDRESSES.downstream.ipv4}:`);
      expect(authzLog).toEqual([
        `${reply.local} program=Unknown user=1000 reason="no visible process has its socket open"`,
      ]);
      expect(identityHeadersOf(received)).toEqual(identityHeaders('Unknown', '1000'));
      expect(instanceHeadersOf(received)).toEqual(INSTANCE_HEADERS);
    },
  );

  test('an authorization service that searches only its own host finds no process of another one: Unknown', async ({
    authz,
    downstream,
    upstream,
  }) => {
    await authz.answers({ identity: { details: true, ownHostOnly: true } });
    const { reply, received, authzLog } = await downstream.get(upstream.url);
    expect(authzLog).toEqual([
      `${reply.local} program=Unknown user=Unknown path=- state=- reason="no row in /proc/net/tcp or tcp6"`,
    ]);
    expect(identityHeadersOf(received)).toEqual(identityHeaders('Unknown', 'Unknown'));
    expect(instanceHeadersOf(received)).toEqual(NO_INSTANCE_HEADERS);
  });

  closedConnectionIsUnknown(
    test,
    "a lookup of a closed connection of the downstream's host returns Unknown",
    throughRouter,
  );
});

describe('denials and exemptions', () => {
  test(
    'a request denied by ext_authz gets 403, and Envoy opens no upstream connection',
    changesEnvoy,
    async ({ lab, authz, downstream, upstream }) => {
      await lab.restartEnvoy({});
      await authz.answers({ response: { status: { code: 7 }, denied_response: { body: 'not for you' } } });
      const { reply, received, accessLog, rules, packets } = await downstream.get(upstream.url, { packets: true });
      expect([reply.outcome, reply.body]).toEqual([403, 'not for you']);
      expect(reply.remote).toBe(upstream.socketAddress);
      expect(received).toEqual([]);
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UAEX', upstream_host: null })]);
      expect(rules).toContainEqual(capturedOnce);
      expect(rules).not.toContainEqual(counted(RULE.opened));
      expect(packets.filter((line) => line.includes(' to-upstream '))).toEqual([]);
    },
  );

  test(
    "TPROXY captures neither the ext_authz check nor the authorization service's metadata requests",
    changesEnvoy,
    async ({ lab, authz, downstream, upstream }) => {
      await lab.restartEnvoy({});
      await authz.answers(withMetadata());
      const { reply, received, stats, rules, conntrack, metadata } = await downstream.get(upstream.url);
      expect(stats[LISTENER]).toBe(1);
      expect(rules).toContainEqual(capturedOnce);
      expect(rules).not.toContainEqual(counted(RULE.metadata));
      expect(conntrack.map(({ original }) => original.destination).sort()).toEqual([
        `127.0.0.1:${PORTS.authz}`,
        ...Array(2).fill(`${METADATA}:80`),
        ...Array(2).fill(upstream.socketAddress),
      ]);
      expect(conntrack.filter(({ nat }) => nat)).toEqual([]);
      expect(metadata.map(({ remote }) => endOf(remote).address)).toEqual(
        Array(4).fill(ADDRESSES.towardsUpstreams.ipv4),
      );
      expect(reply.outcome).toBe(200);
      expect(received).toHaveLength(1);
    },
  );

  test(
    'while the instance metadata service is stopped, a request gets 403 and nothing is forwarded',
    changesEnvoy,
    async ({ lab, authz, metadata: service, downstream, upstream }) => {
      await lab.restartEnvoy({});
      await authz.answers(withMetadata());
      await service.stop();
      const { reply, received, rules, authzLog } = await downstream.get(upstream.url);
      expect(authzLog).toEqual([`${reply.local} program=Node user=1000`, 'metadata: PUT api/token: cannot connect']);
      expect(reply.outcome).toBe(403);
      expect(received).toEqual([]);
      expect(rules).not.toContainEqual(counted(RULE.opened));
    },
  );
});

describe('hop limit of the metadata service', () => {
  test('with a hop limit of 1, an IMDSv2 token reaches the router but not the downstream behind it', async ({
    authz,
    metadata: service,
    downstream,
    upstream,
  }) => {
    await authz.answers(withMetadata({ v1: false }));
    const byStub = await downstream.get(upstream.url);
    expect(byStub.metadata[0]).toMatchObject({ method: 'PUT', status: 200 });
    expect(instanceHeadersOf(byStub.received)).toEqual(INSTANCE_HEADERS);
    const byDownstream = await downstream.dial(service.socketAddress, {
      steps: [{ send: `PUT /latest/api/token HTTP/1.1\r\nhost: ${METADATA}\r\n${TOKEN_TTL}: 60\r\n\r\n` }],
      timeoutMs: TIMEOUTS.silenceMs,
    });
    // The metadata service responded, but the response went no further than the router.
    expect(byDownstream.metadata).toEqual([expect.objectContaining({ method: 'PUT', status: 200 })]);
    expect([byDownstream.reply.outcome, byDownstream.reply.body]).toEqual(['timeout', '']);
  });

  test('IMDSv1 has no hop limit: a plain GET from the downstream, two hops away, gets 200', async ({
    metadata: service,
    downstream,
  }) => {
    const { reply, metadata, rules } = await downstream.get(service.instanceIdUrl);
    expect([reply.outcome, reply.body]).toEqual([200, INSTANCE['/latest/meta-data/instance-id']]);
    expect(metadata).toEqual([expect.objectContaining({ remote: reply.local, token: 'none', status: 200 })]);
    expect(rules).toContainEqual(counted(RULE.metadata));
    expect(rules).not.toContainEqual(counted(RULE.capture));
  });

  test('without the hop limit, a PUT from the downstream gets an IMDSv2 token', async ({
    metadata: service,
    downstream,
  }) => {
    await service.unlimitHops();
    const { reply } = await downstream.get(service.tokenUrl, { method: 'PUT', headers: { [TOKEN_TTL]: '60' } });
    expect(reply.outcome).toBe(200);
    expect(reply.header(TOKEN_TTL)).toBe('60');
  });
});

describe('captured metadata requests', () => {
  test('an IMDSv2 token request captured by TPROXY gets 403 because Envoy adds x-forwarded-for', async ({
    netfilter,
    metadata: service,
    downstream,
  }) => {
    await netfilter.without(RULE.metadata);
    const { reply, metadata, rules } = await downstream.get(service.tokenUrl, {
      method: 'PUT',
      headers: { [TOKEN_TTL]: '60' },
    });
    expect(rules).toContainEqual(capturedOnce);
    expect(reply.header('server')).toBe('envoy');
    expect(reply.outcome).toBe(403);
    expect(metadata).toContainEqual(expect.objectContaining({ method: 'PUT', status: 403 }));
  });

  test(
    'without use_remote_address, an IMDSv2 token request captured by TPROXY gets 200',
    changesEnvoy,
    async ({ lab, netfilter, metadata: service, downstream }) => {
      await netfilter.without(RULE.metadata);
      await lab.restartEnvoy({ config: NO_REMOTE_ADDRESS });
      const { reply } = await downstream.get(service.tokenUrl, { method: 'PUT', headers: { [TOKEN_TTL]: '60' } });
      expect([reply.outcome, reply.header('server')]).toEqual([200, 'envoy']);
    },
  );
});

describe('no netfilter rules', () => {
  test('without netfilter rules, a request bypasses ext_authz and carries no x-workload-id', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.off();
    const { reply, received, checks, metadata } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(received.map(({ remote }) => remote)).toEqual([reply.local]);
    expect(identityHeadersOf(received)).toEqual(identityHeaders(undefined, undefined));
    expect([checks, metadata]).toEqual([[], []]);
  });
});

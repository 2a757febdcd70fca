import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { ADDRESSES, endOf } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { counted } from '../shared/counted.ts';
import { exemptConnections, withoutRules } from '../shared/exempt.ts';
import { bothEndsAreKnown, noAddressIsRewritten, tproxyFindsOpenSockets } from '../shared/tproxy/claims.ts';
import { LOCAL_TABLE, MARK_LOOKUP, transparent } from '../shared/tproxy/rules.ts';
import { RULE, tproxyLocal } from './scenario.ts';

const test = chapter(tproxyLocal);

/** For a connection that is expected to time out. */
const silently = { connectTimeoutMs: TIMEOUTS.silenceMs };
const capturedOnce = counted(RULE.capture, { table: 'mangle', chain: 'PREROUTING', packets: 1 });
const selectedOnce = counted(RULE.select, { table: 'mangle', chain: 'OUTPUT', packets: 1 });

describe('forwarding', () => {
  test('a local request is marked in OUTPUT, captured by TPROXY in PREROUTING and forwarded by Envoy', async ({
    downstream,
    upstream,
  }) => {
    const { reply, rules } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(reply.servedBy).toBe('upstream');
    expect(reply.header('server')).toBe('envoy');
    expect(rules).toEqual(expect.arrayContaining([selectedOnce, counted(RULE.mark), capturedOnce]));
  });

  bothEndsAreKnown(test);

  test('TPROXY needs no IP forwarding: with net.ipv4.ip_forward 0, a local request is captured and forwarded by Envoy', async ({
    lab,
    downstream,
    upstream,
  }) => {
    expect(await lab.envoyHost.run(['cat', '/proc/sys/net/ipv4/ip_forward'])).toBe('0\n');
    const { reply, rules } = await downstream.get(upstream.url);
    expect([reply.outcome, reply.header('server')]).toEqual([200, 'envoy']);
    expect(rules).toContainEqual(capturedOnce);
  });
});

describe('connections and packets', () => {
  test("with TPROXY on Envoy's host, both of Envoy's connections share a source address but not a source port", async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, accessLog } = await downstream.get(upstream.url);
    const addresses = [reply.local, received[0]?.remote].map((socket) => endOf(socket).address);
    expect(addresses).toEqual(Array(2).fill(ADDRESSES.towardsUpstreams.ipv4));
    expect(received[0]?.remote).not.toBe(reply.local);
    expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
  });

  noAddressIsRewritten(test);

  test("a marked connection's packets stay on lo, Envoy's upstream packets leave the host; none has the listener port", async ({
    downstream,
    upstream,
  }) => {
    const { packets, reply } = await downstream.get(upstream.url, { packets: true });
    const { port } = endOf(reply.local);
    const seen = packets.flatMap((line) => {
      const [, on, source, destination] = /^host \S+ (\S+) +\S+ +IP \S+\.(\d+) > \S+\.(\d+):/.exec(line) ?? [];
      return on === undefined ? [] : [{ on, ports: [Number(source), Number(destination)] }];
    });
    const interfacesOf = (ofDownstream: boolean) => [
      ...new Set(
        seen
          .filter(({ ports }) => ports.includes(PORTS.http) && ports.includes(port) === ofDownstream)
          .map(({ on }) => on),
      ),
    ];
    expect(interfacesOf(true)).toEqual(['lo']);
    expect(interfacesOf(false)).toEqual(['to-upstream']);
    expect(seen.flatMap(({ ports }) => ports)).not.toContain(PORTS.listener);
  });

  test('the CONNMARK and TPROXY rules count one packet per connection; DIVERT matches the later packets', async ({
    downstream,
    upstream,
  }) => {
    const first = await downstream.get(upstream.url, { connection: 'kept' });
    const second = await downstream.get(upstream.url, { connection: 'kept', last: true });
    expect(first.rules).toEqual(expect.arrayContaining([selectedOnce, capturedOnce, counted(RULE.divert)]));
    expect(second.rules).toEqual(expect.arrayContaining([counted(RULE.mark), counted(RULE.divert)]));
    expect(second.rules).not.toContainEqual(counted(RULE.select));
    expect(second.rules).not.toContainEqual(counted(RULE.capture));
  });

  tproxyFindsOpenSockets(test, RULE);
});

describe('scope of the rules', () => {
  exemptConnections(test, { upstream: 'upstream', uid: transparent.uid });
});

describe('missing rules and routes', () => {
  test('without the MARK rule, a local request bypasses the TPROXY rule and Envoy', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.without(RULE.mark);
    const { reply, received, accessLog, rules } = await downstream.get(upstream.url);
    expect(reply.header('server')).toBe('upstream');
    expect(received[0]?.remote).toBe(reply.local);
    expect(accessLog).toEqual([]);
    expect(rules).toEqual([selectedOnce]);
  });

  test('without the ip rule for fwmark 0x1, a marked local request bypasses Envoy', async ({
    routing,
    downstream,
    upstream,
  }) => {
    await routing.without(MARK_LOOKUP);
    const { reply, accessLog, rules } = await downstream.get(upstream.url);
    expect(reply.header('server')).toBe('upstream');
    expect(accessLog).toEqual([]);
    expect(rules).toEqual([selectedOnce, counted(RULE.mark)]);
  });

  test('without the local route in table 100, a marked local request bypasses Envoy', async ({
    routing,
    downstream,
    upstream,
  }) => {
    await routing.without(LOCAL_TABLE);
    const { reply, accessLog, rules } = await downstream.get(upstream.url);
    expect(reply.header('server')).toBe('upstream');
    expect(accessLog).toEqual([]);
    expect(rules).toEqual([selectedOnce, counted(RULE.mark)]);
  });

  test('without the TPROXY rule, a marked local connection times out', async ({ netfilter, downstream, upstream }) => {
    await netfilter.without(RULE.capture);
    const { reply, received, accessLog } = await downstream.get(upstream.url, silently);
    expect(reply.outcome).toBe('timeout');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([]);
  });
});

describe('failures and loops', () => {
  test(
    'with Envoy killed and the TPROXY rule in place, a connection times out instead of being refused',
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.stopEnvoy('SIGKILL');
      const { reply, received, rules } = await downstream.get(upstream.url, silently);
      expect(reply.outcome).toBe('timeout');
      expect(received).toEqual([]);
      expect(rules).toEqual(expect.arrayContaining([counted(RULE.mark), capturedOnce]));
    },
  );

  test('a captured local request gets 503 UF while the upstream is stopped', async ({ downstream, upstream }) => {
    await upstream.stop();
    const { reply, accessLog } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(503);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UF', upstream_host: upstream.socketAddress }),
    ]);
  });

  test('dialling the listener directly loops back into Envoy; the guard rule stops it with 503 UF', async ({
    lab,
    downstream,
  }) => {
    const { reply, accessLog, rules } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(503);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UF', upstream_host: `127.0.0.1:${PORTS.listener}` }),
    ]);
    expect(rules).toContainEqual(counted(RULE.guard, { table: 'filter', packets: 1 }));
  });
});

describe('no netfilter rules', () => {
  withoutRules(test, { upstream: 'upstream' });
});

import { expect } from 'vitest';
import { type ChapterTest, changesEnvoy } from '../../../fixtures/chapter.ts';
import type { Exchange } from '../../../fixtures/exchange/exchange.ts';
import { ADDRESSES, endOf, type Family } from '../../../helpers/constants/addresses.ts';
import { PORTS } from '../../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../../helpers/constants/timeouts.ts';
import { packetsSent } from '../../../helpers/exchange/observers/packets.ts';
import { counted } from '../counted.ts';
import { dialled } from '../dialled.ts';
import { RULE } from './rules.ts';

type Test = ChapterTest<'upstream'>;

/** For a connection that is expected to time out. */
export const silently = { connectTimeoutMs: TIMEOUTS.silenceMs, packets: true };

/** Matches the TPROXY rule with this count. */
export const captured = (packets: number, family: Family = 'ipv4') =>
  counted(RULE.capture, { family, table: 'mangle', chain: 'PREROUTING', packets });

/**
 * Expects that the TPROXY rule counted each packet of a connection, and that nothing replied. With a fault injected, an
 * earlier claim may have left a connection whose packets it counts too.
 */
export function expectUnanswered({ reply, received, stats, rules, packets }: Exchange, family?: Family): void {
  expect(reply.outcome).toBe('timeout');
  expect(received).toEqual([]);
  expect(stats).toEqual({});
  expect(rules).toContainEqual(captured(packetsSent(packets), family));
}

export function bothEndsAreKnown(test: Test): void {
  test('%DOWNSTREAM_LOCAL_ADDRESS% is the dialled address and %DOWNSTREAM_REMOTE_ADDRESS% the real source', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, accessLog } = await downstream.get(upstream.url);
    expect(reply.remote).toBe(upstream.socketAddress);
    expect(received[0]?.header('x-request-downstream-local')).toBe(upstream.socketAddress);
    expect(received[0]?.header('x-request-downstream-remote')).toBe(reply.local);
    expect(accessLog).toEqual([
      expect.objectContaining({
        downstream_local_address: upstream.socketAddress,
        downstream_remote_address: reply.local,
      }),
    ]);
  });
}

export function noAddressIsRewritten(
  test: Test,
  {
    family = 'ipv4',
    title = 'with TPROXY, conntrack shows no address translation on the downstream or the upstream connection',
  }: { family?: Family; title?: string } = {},
): void {
  test(title, async ({ downstream, upstream }) => {
    const { reply, received, conntrack } = await downstream.get(dialled(upstream, family).url);
    expect(conntrack.map(({ original }) => original.source).sort()).toEqual([reply.local, received[0]?.remote].sort());
    expect(conntrack.filter(({ nat }) => nat)).toEqual([]);
  });
}

/** The packets, rule counters and source address of a transparent router. */
export function forwardsTransparently(test: Test, { family, source }: { family: Family; source: string }): void {
  test("with TPROXY, no packet on the wire carries Envoy's listener port", async ({ downstream, upstream }) => {
    const { packets, reply } = await downstream.get(dialled(upstream, family).url, { packets: true });
    expect(reply.header('server')).toBe('envoy');
    const wire = packets.filter((line) => !line.includes(' lo '));
    const ports = wire.flatMap((line) => /IP6? \S+\.(\d+) > \S+\.(\d+):/.exec(line)?.slice(1).map(Number) ?? []);
    expect(ports).toEqual(expect.arrayContaining([PORTS.http, endOf(reply.local).port]));
    expect(ports).not.toContain(PORTS.listener);
  });

  test('the TPROXY rule counts one packet per connection; the DIVERT rules match the later packets', async ({
    downstream,
    upstream,
  }) => {
    const { url } = dialled(upstream, family);
    const first = await downstream.get(url, { connection: 'kept' });
    const second = await downstream.get(url, { connection: 'kept', last: true });
    const [divert, mark, accept] = [RULE.divert, RULE.mark, RULE.accept].map((rule) => counted(rule, { family }));
    expect(first.rules).toEqual(expect.arrayContaining([captured(1, family), divert, mark]));
    expect(second.rules).toEqual(expect.arrayContaining([divert, accept]));
    expect(second.rules).not.toContainEqual(counted(RULE.capture));
  });

  test('a connection to port 81 matches no --dport 80 rule: the router forwards its SYN past Envoy', async ({
    downstream,
    upstream,
  }) => {
    const url = `http://${dialled(upstream, family).host}:81`;
    const { reply, stats, rules, packets } = await downstream.get(url, { packets: true });
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(reply.remote).toBeUndefined();
    const syn = `> ${upstream.address[family]}.81: Flags [S]`;
    expect(
      packets.some((line) => line.startsWith('upstream ') && line.includes(syn)),
      syn,
    ).toBe(true);
    expect(stats).toEqual({});
    expect(rules).toEqual([]);
  });

  test(source, async ({ downstream, upstream }) => {
    const { received, accessLog } = await downstream.get(dialled(upstream, family).url);
    expect(endOf(received[0]?.remote).address).toBe(ADDRESSES.towardsUpstreams[family]);
    expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
  });
}

export function tproxyFindsOpenSockets(test: Test, rule: { divert: string; capture: string }): void {
  test('without the DIVERT rule, a request still succeeds: the TPROXY rule takes its later packets too', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.without(rule.divert);
    const { reply, rules } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(reply.header('server')).toBe('envoy');
    expect(rules.filter(({ chain }) => chain === 'DIVERT')).toEqual([]);
    expect(rules.find(({ comment }) => comment === rule.capture)?.packets ?? 0).toBeGreaterThan(1);
  });
}

export function killedEnvoyIsSilent(test: Test, family: Family): void {
  test(
    'with Envoy killed and the TPROXY rule in place, a connection times out instead of being refused',
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.stopEnvoy('SIGKILL');
      expectUnanswered(await downstream.get(dialled(upstream, family).url, silently), family);
    },
  );
}

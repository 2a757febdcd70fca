import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { ADDRESSES, endOf } from '../../helpers/constants/addresses.ts';
import { response } from '../../helpers/exchange/response.ts';
import { withoutRules } from '../shared/exempt.ts';
import { noAddressIsRewritten } from '../shared/tproxy/claims.ts';
import { RULE } from '../shared/tproxy/rules.ts';
import { tproxySourcePreserving } from './scenario.ts';

const test = chapter(tproxySourcePreserving);

const DOWNSTREAM = ADDRESSES.downstream.ipv4;
/** A second address of the downstream's host. */
const NEIGHBOUR = '192.0.2.11';
const addressOf = (socket: string | undefined) => endOf(socket).address;

describe('source address', () => {
  test("with original_src, the upstream sees the downstream's address with another source port", async ({
    downstream,
    upstream,
  }) => {
    const { reply, received } = await downstream.get(upstream.url);
    expect(reply.header('server')).toBe('envoy');
    expect(addressOf(reply.local)).toBe(DOWNSTREAM);
    expect(addressOf(received[0]?.remote)).toBe(DOWNSTREAM);
    expect(received[0]?.remote).not.toBe(reply.local);
  });

  test("with original_src, the source address at the upstream is upstream_local_address, not the router's address", async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, accessLog } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
    expect(addressOf(received[0]?.remote)).not.toBe(ADDRESSES.towardsUpstreams.ipv4);
  });
});

describe('source port', () => {
  test('original_src reserves no port before the destination is known: its sockets have IP_BIND_ADDRESS_NO_PORT', async ({
    lab,
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '/': [[{ signal: 'held' }, { wait: 'release' }, ...response()]] });
    let sockets = '';
    const { received } = await downstream.get(upstream.url, {
      meanwhile: async (signals) => {
        await signals.raised('held');
        sockets = await lab.envoyHost.run(['ss', '-tnHO', '--inet-sockopt', `dst ${upstream.socketAddress}`]);
        await signals.raise('release');
      },
    });
    const own = sockets.split('\n').filter((line) => line.includes(` ${received[0]?.remote} `));
    expect(own).toEqual([expect.stringContaining('bind_addr_no_port')]);
  });
});

describe('connections and packets', () => {
  noAddressIsRewritten(test, {
    title:
      'with TPROXY and original_src, conntrack shows no address translation on the downstream or upstream connection',
  });

  test('with original_src, the TPROXY rule counts one packet; DIVERT matches several and accepts each', async ({
    downstream,
    upstream,
  }) => {
    const { rules } = await downstream.get(upstream.url);
    const counted = (comment: string) => rules.find((rule) => rule.comment === comment)?.packets ?? 0;
    expect(counted(RULE.capture)).toBe(1);
    expect(counted(RULE.divert)).toBeGreaterThan(1);
    expect(counted(RULE.accept)).toBe(counted(RULE.divert));
  });

  test("with original_src, Envoy pools upstream connections by the downstream's source address", async ({
    lab,
    downstream,
    upstream,
  }) => {
    await lab.addDownstreamAddress(NEIGHBOUR);
    const first = await downstream.get(upstream.url);
    const again = await downstream.get(upstream.url);
    const neighbour = await downstream.get(upstream.url, { from: NEIGHBOUR });
    expect(again.received[0]?.remote).toBe(first.received[0]?.remote);
    expect(addressOf(neighbour.received[0]?.remote)).toBe(NEIGHBOUR);
    expect(again.stats['cluster.original_destination.upstream_cx_total']).toBeUndefined();
    expect(neighbour.stats['cluster.original_destination.upstream_cx_total']).toBe(1);
  });
});

describe('missing and added rules', () => {
  withoutRules(test, {
    upstream: 'upstream',
    title: "without netfilter rules, the upstream sees the downstream's own source address and port",
  });

  test(
    'without the DIVERT rule, a request with original_src gets 503 UF after connect_timeout',
    changesEnvoy,
    async ({ lab, netfilter, downstream, upstream }) => {
      await lab.restartEnvoy({});
      await netfilter.without(RULE.divert);
      const { reply, received, accessLog, stats } = await downstream.get(upstream.url);
      expect(reply.outcome).toBe(503);
      expect(received).toEqual([]);
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF' })]);
      expect(stats['cluster.original_destination.upstream_cx_connect_timeout']).toBe(1);
    },
  );

  test(
    'a MASQUERADE rule replaces the source address set by original_src; conntrack shows the translation',
    changesEnvoy,
    async ({ lab, netfilter, downstream, upstream }) => {
      await lab.restartEnvoy({});
      await netfilter.add(`
    *nat
    -A POSTROUTING -o to-upstream -m comment --comment "masquerade connections to the upstream" -j MASQUERADE
    COMMIT`);
      const { received, conntrack, accessLog } = await downstream.get(upstream.url);
      expect(addressOf(received[0]?.remote)).toBe(ADDRESSES.towardsUpstreams.ipv4);
      expect(addressOf(accessLog[0]?.upstream_local_address as string)).toBe(DOWNSTREAM);
      expect(conntrack.filter(({ nat }) => nat)).toEqual([
        expect.objectContaining({
          original: { source: accessLog[0]?.upstream_local_address, destination: upstream.socketAddress },
          reply: { source: upstream.socketAddress, destination: received[0]?.remote },
        }),
      ]);
    },
  );
});

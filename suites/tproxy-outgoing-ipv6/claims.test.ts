import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { ADDRESSES, endOf, type Family } from '../../helpers/constants/addresses.ts';
import { listener } from '../../helpers/envoy/select.ts';
import { synsSent } from '../../helpers/exchange/observers/packets.ts';
import { dialled } from '../shared/dialled.ts';
import { NO_IPV4_COMPAT } from '../shared/original-dst/faults.ts';
import {
  captured,
  expectUnanswered,
  forwardsTransparently,
  killedEnvoyIsSilent,
  noAddressIsRewritten,
  silently,
} from '../shared/tproxy/claims.ts';
import { ORIGINAL_SRC } from '../shared/tproxy/faults.ts';
import { LOCAL_TABLE, LOCAL_TABLE6, MARK_LOOKUP6, RULE } from '../shared/tproxy/rules.ts';
import { tproxyOutgoingIpv6 } from './scenario.ts';

const test = chapter(tproxyOutgoingIpv6);

describe('forwarding', () => {
  test('a request over IPv6 is captured by the ip6tables TPROXY rule and forwarded by Envoy', async ({
    downstream,
    upstream,
  }) => {
    const { reply, rules } = await downstream.get(upstream.url6);
    expect(reply.outcome).toBe(200);
    expect(reply.servedBy).toBe('upstream');
    expect(reply.header('server')).toBe('envoy');
    expect(rules).toContainEqual(captured(1, 'ipv6'));
    expect(rules.filter(({ family }) => family === 'ipv4')).toEqual([]);
  });

  test('an ipv4_compat listener on :: also serves IPv4 requests, captured by the iptables TPROXY rule', async ({
    downstream,
    upstream,
  }) => {
    const { reply, rules } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(reply.header('server')).toBe('envoy');
    expect(rules).toContainEqual(captured(1, 'ipv4'));
    expect(rules.filter(({ family }) => family === 'ipv6')).toEqual([]);
  });

  test('%DOWNSTREAM_LOCAL_ADDRESS% and %DOWNSTREAM_REMOTE_ADDRESS% are untranslated, over IPv6 and IPv4', async ({
    downstream,
    upstream,
  }) => {
    const six = await downstream.get(upstream.url6);
    const four = await downstream.get(upstream.url);
    const endsSeenByEnvoy = ({ received: [request], accessLog: [entry] }: typeof six) => [
      request?.header('x-request-downstream-local'),
      request?.header('x-request-downstream-remote'),
      entry?.downstream_local_address,
      entry?.downstream_remote_address,
    ];
    expect(endsSeenByEnvoy(six)).toEqual([
      upstream.socketAddress6,
      six.reply.local,
      upstream.socketAddress6,
      six.reply.local,
    ]);
    expect(endsSeenByEnvoy(four)).toEqual([
      upstream.socketAddress,
      four.reply.local,
      upstream.socketAddress,
      four.reply.local,
    ]);
  });
});

describe('connections and packets', () => {
  noAddressIsRewritten(test, {
    family: 'ipv6',
    title: 'with TPROXY over IPv6, conntrack shows no address translation on the downstream or the upstream connection',
  });

  forwardsTransparently(test, {
    family: 'ipv6',
    source: "without original_src, the upstream sees the router's IPv6 address as the source",
  });
});

describe('missing rules and routes', () => {
  test('without the ip6tables TPROXY rule, an IPv6 request bypasses Envoy; IPv4 is still captured', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.without(RULE.capture, 'ipv6');
    const six = await downstream.get(upstream.url6);
    const four = await downstream.get(upstream.url);
    expect([six, four].map(({ reply }) => reply.outcome)).toEqual([200, 200]);
    expect([six, four].map(({ reply }) => reply.header('server'))).toEqual(['upstream', 'envoy']);
    expect(six.received[0]?.remote).toBe(six.reply.local);
    expect(six.stats).toEqual({});
  });

  /** Routing without which connections of one family time out. */
  const UNROUTED: { route: string; silent: Family; title: string }[] = [
    {
      ...{ route: MARK_LOOKUP6, silent: 'ipv6' },
      title: 'without the ip -6 rule for fwmark 0x1, a captured IPv6 connection times out while IPv4 is answered',
    },
    {
      ...{ route: LOCAL_TABLE6, silent: 'ipv6' },
      title: 'without the IPv6 local route in table 100, a captured IPv6 connection times out while IPv4 is answered',
    },
    {
      ...{ route: LOCAL_TABLE, silent: 'ipv4' },
      title: 'without the IPv4 local route in table 100, a captured IPv4 connection times out while IPv6 is answered',
    },
  ];

  for (const { route, silent, title } of UNROUTED) {
    test(title, async ({ routing, downstream, upstream }) => {
      await routing.without(route);
      const unanswered = await downstream.get(dialled(upstream, silent).url, silently);
      const { reply } = await downstream.get(dialled(upstream, silent === 'ipv6' ? 'ipv4' : 'ipv6').url);
      expect([reply.outcome, reply.header('server')]).toEqual([200, 'envoy']);
      expectUnanswered(unanswered, silent);
    });
  }
});

describe('killed Envoy', () => {
  killedEnvoyIsSilent(test, 'ipv6');
});

describe('changed Envoy config', () => {
  test(
    'without ipv4_compat, the listener on :: serves IPv6 only: a captured IPv4 connection times out',
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.restartEnvoy({ config: NO_IPV4_COMPAT });
      const six = await downstream.get(upstream.url6);
      const four = await downstream.get(upstream.url, silently);
      expect([six, four].map(({ reply }) => reply.outcome)).toEqual([200, 'timeout']);
      expect(six.reply.header('server')).toBe('envoy');
      expect(four.rules).toContainEqual(captured(synsSent(four.packets), 'ipv4'));
    },
  );

  test(
    "with the original_src listener filter, the upstream sees the downstream's own IPv6 address",
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.restartEnvoy({ config: { at: listener('ingress'), append: { listener_filters: ORIGINAL_SRC } } });
      const { reply, received } = await downstream.get(upstream.url6);
      expect(reply.header('server')).toBe('envoy');
      expect(endOf(received[0]?.remote).address).toBe(ADDRESSES.downstream.ipv6);
      expect(received[0]?.remote).not.toBe(reply.local);
    },
  );
});

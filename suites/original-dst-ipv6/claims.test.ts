import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { listener } from '../../helpers/envoy/select.ts';
import { exemptConnections } from '../shared/exempt.ts';
import {
  bothReachTheirDestination,
  captured,
  connectionsAreCounted,
  conntrackChoosesAnotherPort,
  conntrackTranslates,
  dialledAddressWins,
  stoppedEnvoyRefuses,
  unreachableUpstreams,
} from '../shared/original-dst/claims.ts';
import { NO_IPV4_COMPAT } from '../shared/original-dst/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';
import { originalDstIpv6 } from './scenario.ts';

const test = chapter(originalDstIpv6);

/** Captures what arrives: a neighbour can dial no other link-local address than that of Envoy's host. */
const captureArriving = `
  *nat
  -A PREROUTING -p tcp --dport ${PORTS.http} -m comment --comment "capture HTTP of neighbours" -j REDIRECT --to-ports ${PORTS.listener}
  -A PREROUTING -p tcp --dport 81 -m comment --comment "capture bytes of neighbours" -j REDIRECT --to-ports ${PORTS.bytesListener}
  COMMIT`;

/** A request that names its destination. */
const chosen = (host: string) => ({ headers: { 'x-envoy-original-dst-host': host } });

const crashesBeforeTheFix = combined(changesEnvoy, differs(CHANGES.scopedOriginalDestination));

/** No server of Envoy's host listens there. */
const REFUSED = { upstream_transport_failure_reason: 'delayed_connect_error:_Connection_refused' };

/** A link-local upstream with its scope. */
const at = (port: number) => ({
  upstream_host: expect.stringMatching(new RegExp(`^\\[fe80::[0-9a-f:]+%\\d+\\]:${port}$`)),
});

describe('forwarding', () => {
  dialledAddressWins(
    test,
    'ipv6',
    'over IPv6, an ORIGINAL_DST cluster connects to the dialled address and ignores the Host header',
  );

  test('an ipv4_compat listener on :: also serves IPv4 requests, captured by the iptables REDIRECT rule', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const { reply, rules } = await downstream.get(blue.url);
    expect(reply.servedBy).toBe('blue');
    expect(reply.header('server')).toBe('envoy');
    expect(rules).toEqual([captured('ipv4')]);
  });

  test('an ORIGINAL_DST cluster connects over the dialled IP family: IPv6 to IPv6, IPv4 to IPv4', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const six = await downstream.get(blue.url6);
    const four = await downstream.get(blue.url);
    expect([six, four].map(({ received }) => received[0]?.local)).toEqual([blue.socketAddress6, blue.socketAddress]);
    expect(six.received[0]?.remote).toMatch(/^\[2001:db8:2::1\]:/);
    expect(four.received[0]?.remote).toMatch(/^198\.51\.100\.1:/);
    const own = [six, four].map(({ accessLog }) => accessLog[0]?.upstream_local_address);
    expect(own).toEqual([six, four].map(({ received }) => received[0]?.remote));
  });

  test('downstream_local_address and downstream_remote_address are plain IPv6 or IPv4, never IPv4-mapped IPv6', async ({
    downstream,
    upstreams: { blue },
  }) => {
    const six = await downstream.get(blue.url6);
    const four = await downstream.get(blue.url);
    const addresses = ({ reply, accessLog: [entry] }: typeof six) => [
      entry?.downstream_local_address === reply.remote,
      entry?.downstream_remote_address === reply.local,
      entry?.downstream_local_address,
    ];
    expect(addresses(six)).toEqual([true, true, '[2001:db8:2::10]:80']);
    expect(addresses(four)).toEqual([true, true, '198.51.100.10:80']);
  });
});

describe('connections', () => {
  conntrackTranslates(
    test,
    'ipv6',
    "a captured IPv6 connection has one translated conntrack entry, with replies from Envoy's listener",
  );

  connectionsAreCounted(test, 'ipv6');
});

describe('two connections from one source port', () => {
  bothReachTheirDestination(test, 'ipv6', PORTS.chosenSource);

  conntrackChoosesAnotherPort(test, 'ipv6', PORTS.otherChosenSource);
});

describe('link-local destinations', () => {
  for (const [path, port, title] of [
    [
      ...(['/', 80] as const),
      'a request to a dialled link-local address reaches the cluster with its scope: 503 UF; before 1.39.1, Envoy crashes',
    ],
    [
      ...(['/port-8081', 8081] as const),
      'upstream_port_override 8081 and a dialled link-local address: 503 UF for port 8081; before 1.39.1, Envoy crashes',
    ],
  ] as const) {
    test(title, crashesBeforeTheFix, async ({ lab, netfilter, downstream, upstreams: { blue }, since }) => {
      const { ofEnvoyHost } = await lab.linkLocals(blue.host);
      await netfilter.add(captureArriving, 'ipv6');
      const crash = await lab.crashOf(async () => {
        const { reply, accessLog } = await downstream.dial(`[${ofEnvoyHost}]:80`, {
          sender: blue.host,
          steps: [{ send: `GET ${path} HTTP/1.1\r\nhost: neighbour\r\nconnection: close\r\n\r\n` }],
          response: { method: 'GET' },
        });
        expect(reply.outcome).toBe(503);
        expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF', ...REFUSED, ...at(port) })]);
      });
      expect(crash?.ending).toBe(since(CHANGES.scopedOriginalDestination) ? undefined : 'SIGABRT');
    });
  }

  test(
    'a connection of tcp_proxy to a dialled link-local address is closed with UF,URX; before 1.39.1, Envoy crashes',
    crashesBeforeTheFix,
    async ({ lab, netfilter, downstream, upstreams: { blue }, since }) => {
      const { ofEnvoyHost } = await lab.linkLocals(blue.host);
      await netfilter.add(captureArriving, 'ipv6');
      const crash = await lab.crashOf(async () => {
        const { accessLog } = await downstream.dial(`[${ofEnvoyHost}]:81`, { sender: blue.host });
        expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF,URX', ...REFUSED, ...at(81) })]);
      });
      expect(crash?.ending).toBe(since(CHANGES.scopedOriginalDestination) ? undefined : 'SIGABRT');
    },
  );

  test(
    'x-envoy-original-dst-host with a link-local address and its scope reaches that host; before 1.39.1, Envoy crashes',
    crashesBeforeTheFix,
    async ({ lab, downstream, upstreams: { blue, green }, since }) => {
      const { ofOther } = await lab.linkLocals(green.host);
      const crash = await lab.crashOf(async () => {
        const { reply, accessLog } = await downstream.get(`${blue.url6}/by-header`, chosen(`[${ofOther}]:80`));
        expect([reply.outcome, reply.servedBy]).toEqual([200, 'green']);
        expect(accessLog).toEqual([
          expect.objectContaining({ downstream_local_address: blue.socketAddress6, ...at(80) }),
        ]);
      });
      expect(crash?.ending).toBe(since(CHANGES.scopedOriginalDestination) ? undefined : 'SIGABRT');
    },
  );

  test('x-envoy-original-dst-host with a link-local address without a scope gets 503 UF immediate_connect_error', async ({
    lab,
    downstream,
    upstreams: { blue, green },
  }) => {
    const { ofOther } = await lab.linkLocals(green.host);
    const host = `[${ofOther.split('%')[0]}]:80`;
    const { reply, received, accessLog } = await downstream.get(`${blue.url6}/by-header`, chosen(host));
    expect(reply.outcome).toBe(503);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: 'UF',
        upstream_host: host,
        upstream_transport_failure_reason: `immediate_connect_error:_Invalid_argument|remote_address:${host}`,
      }),
    ]);
  });
});

describe('scope of the REDIRECT rules', () => {
  exemptConnections(test, { upstream: 'blue', family: 'ipv6', uid: ENVOY_UID });

  test('without the ip6tables REDIRECT rule, an IPv6 request bypasses Envoy; IPv4 is still captured', async ({
    netfilter,
    downstream,
    upstreams: { blue },
  }) => {
    await netfilter.without(RULE.capture, 'ipv6');
    const six = await downstream.get(blue.url6);
    const four = await downstream.get(blue.url);
    expect([six, four].map(({ reply }) => reply.outcome)).toEqual([200, 200]);
    expect([six, four].map(({ reply }) => reply.header('server'))).toEqual(['blue', 'envoy']);
    expect([six.rules, four.rules]).toEqual([[], [captured('ipv4')]]);
  });
});

describe('unreachable upstream and loops', () => {
  unreachableUpstreams(test, 'ipv6');
});

describe('REDIRECT without Envoy', () => {
  test(
    'SO_ORIGINAL_DST (IPv4) and IP6T_SO_ORIGINAL_DST (IPv6) return the dialled address of a connection',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { blue } }) => {
      await lab.stopEnvoy('SIGTERM');
      await lab.serveOriginalDestination();
      const six = await downstream.dial(blue.socketAddress6);
      const four = await downstream.dial(blue.socketAddress);
      expect([six, four].map(({ reply }) => reply.body)).toEqual(['[2001:db8:2::10]:80\n', '198.51.100.10:80\n']);
    },
  );

  stoppedEnvoyRefuses(test, 'ipv6');
});

describe('changed Envoy config', () => {
  test(
    'without ipv4_compat, the listener on :: serves IPv6 only: a captured IPv4 connection is refused',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { blue } }) => {
      await lab.restartEnvoy({ config: NO_IPV4_COMPAT });
      const six = await downstream.get(blue.url6);
      const four = await downstream.get(blue.url);
      expect([six, four].map(({ reply }) => reply.outcome)).toEqual([200, 'ECONNREFUSED']);
      expect([six.rules, four.rules]).toEqual([[captured('ipv6')], [captured('ipv4')]]);
    },
  );

  test(
    'a listener on 0.0.0.0 serves IPv4 only: a captured IPv6 connection is refused',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { blue } }) => {
      await lab.restartEnvoy({
        config: {
          at: listener('ingress'),
          set: { 'address.socket_address.address': '0.0.0.0' },
          delete: ['address.socket_address.ipv4_compat'],
        },
      });
      const six = await downstream.get(blue.url6);
      const four = await downstream.get(blue.url);
      expect([six, four].map(({ reply }) => reply.outcome)).toEqual(['ECONNREFUSED', 200]);
    },
  );
});

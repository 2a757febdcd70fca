import { expect } from 'vitest';
import { type ChapterTest, changesEnvoy, differs } from '../../../fixtures/chapter.ts';
import type { Exchange } from '../../../fixtures/exchange/exchange.ts';
import type { Host } from '../../../fixtures/lab/host.ts';
import type { Lab } from '../../../fixtures/lab/lab.ts';
import { ADDRESSES } from '../../../helpers/constants/addresses.ts';
import { PORTS } from '../../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../../helpers/constants/timeouts.ts';
import { CHANGES } from '../../../helpers/envoy/known-changes.ts';
import { counted } from '../counted.ts';
import { PEER, POD, RULE, SIDECAR, type upstreams } from './rules.ts';

type Test = ChapterTest<keyof typeof upstreams>;

/** The number of connections with which a loop ends, at the limits of the clusters. */
export const LIMIT = 8;

/** The end of a request loop counts in another counter since this change. */
export const requestLoop = differs(CHANGES.activeRequestOverflow);

/** A request comes back to the connection manager of a direction, until max_requests ends it. */
export function expectRequestLoop(
  { reply, received, stats }: Exchange,
  manager: 'inbound_http' | 'outbound_http',
): void {
  expect([reply.outcome, reply.header('x-envoy-overloaded'), received]).toEqual([503, 'true', []]);
  expect(stats[`http.${manager}.downstream_rq_total`]).toBe(LIMIT + 1);
}

/** A connection without HTTP that a peer opens comes back to the inbound listener, until a limit ends it. */
export function expectInboundLoop({ reply, streams, stats }: Exchange): void {
  expect([reply.outcome, reply.body]).toEqual(['closed', '']);
  expect(streams).toEqual([]);
  expect(stats['tcp.inbound_passthrough.downstream_cx_total']).toBe(LIMIT + 1);
}

/** A request of the app: from the pod, as the app's user. */
export const fromApp = ({ envoyHost }: Lab): { host: Host } => ({ host: envoyHost });

/** A request of the app for a service whose endpoint is the pod itself. */
export const toAppTest = (lab: Lab) => ({ ...fromApp(lab), headers: { host: 'app.test' } });

/** A request of a program of the app's user and Envoy's group. */
export const asEnvoyGroup = (url: string): [string, ...string[]] => [
  ...(['sh', '-c'] as const),
  `setpriv --reuid 1000 --regid ${SIDECAR.uid} --clear-groups curl --silent --max-time 2 ${url}; true`,
];

/** Bytes for an app without HTTP, which answers with their number. */
export const bytes = { steps: [{ send: 'twelve bytes' }, { end: true as const }] };

export function outboundConnections(test: Test): void {
  test("the app's connection to port 80 is taken by the listener of that port, which has bind_to_port false", async ({
    lab,
    downstream,
    upstreams: { peer },
  }) => {
    const { reply, accessLog, stats } = await downstream.get(peer.url, fromApp(lab));
    expect([reply.servedBy, reply.header('server')]).toEqual(['peer', 'envoy']);
    expect(accessLog).toEqual([
      expect.objectContaining({ downstream_local_address: peer.socketAddress, upstream_host: peer.socketAddress }),
    ]);
    expect(stats['listener.0.0.0.0_80.downstream_cx_total']).toBe(1);
    expect(stats['listener.0.0.0.0_15001.downstream_cx_total']).toBeUndefined();
    const onLoopback = await downstream.dial(`127.0.0.1:${PORTS.http}`, { sender: lab.envoyHost });
    expect(onLoopback.reply.outcome).toBe('ECONNREFUSED');
  });

  test('a connection to a port without a listener stays at the listener on 15001 and reaches the dialled address', async ({
    lab,
    downstream,
  }) => {
    const { reply, accessLog, stats } = await downstream.get(`http://${PEER.address}:${PEER.bytesPort}`, fromApp(lab));
    // No connection manager has seen the response.
    expect([reply.servedBy, reply.header('server')]).toEqual(['peer', 'peer']);
    expect(accessLog).toEqual([
      expect.objectContaining({ upstream_cluster: 'passthrough', upstream_host: `${PEER.address}:${PEER.bytesPort}` }),
    ]);
    expect(stats['listener.0.0.0.0_15001.downstream_cx_total']).toBe(1);
  });

  test("conntrack shows one translated entry for an outbound connection, and none for Envoy's own", async ({
    lab,
    downstream,
  }) => {
    const { reply, received, conntrack } = await downstream.get(
      `http://${PEER.address}:${PEER.bytesPort}`,
      fromApp(lab),
    );
    expect(conntrack.filter(({ nat }) => nat)).toEqual([
      expect.objectContaining({
        original: { source: reply.local, destination: `${PEER.address}:${PEER.bytesPort}` },
        reply: { source: `127.0.0.1:${SIDECAR.outbound}`, destination: reply.local },
      }),
    ]);
    expect(conntrack.filter(({ nat }) => !nat).map(({ original }) => original.source)).toEqual([received[0]?.remote]);
  });

  test('an outbound connection to a port that the peer refuses is accepted by Envoy, then closed with UF', async ({
    lab,
    downstream,
  }) => {
    const { reply, accessLog } = await downstream.dial(`${PEER.address}:9999`, { sender: lab.envoyHost });
    expect([reply.outcome, reply.body]).toEqual(['closed', '']);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'UF,URX', upstream_host: `${PEER.address}:9999` }),
    ]);
  });
}

/** Without the rules for Envoy's user and group, its connections come back. */
export function outboundLoops(test: Test): void {
  test("without the exemptions of Envoy's user and group, an outbound connection comes back until max_connections ends it", async ({
    lab,
    netfilter,
    downstream,
  }) => {
    await netfilter.without([RULE.envoyUser, RULE.envoyGroup]);
    const { reply, stats } = await downstream.dial(`${PEER.address}:${PEER.bytesPort}`, { sender: lab.envoyHost });
    expect([reply.outcome, reply.body]).toEqual(['closed', '']);
    expect(stats['tcp.outbound_passthrough.downstream_cx_total']).toBe(LIMIT + 1);
    expect(stats['cluster.passthrough.upstream_cx_overflow']).toBe(1);
  });

  test(
    "without the exemptions of Envoy's user and group, an outbound request comes back until max_requests ends it: 503 UO",
    requestLoop,
    async ({ lab, netfilter, downstream, upstreams: { peer } }) => {
      await netfilter.without([RULE.envoyUser, RULE.envoyGroup]);
      expectRequestLoop(await downstream.get(peer.url, fromApp(lab)), 'outbound_http');
    },
  );
}

/** The app listens on the pod's address alone. */
export function reachesPodAddress(test: Test): void {
  test('the inbound ORIGINAL_DST cluster reaches an app that listens on the pod address but not on 127.0.0.1', async ({
    lab,
    downstream,
    upstreams: { app },
  }) => {
    const { reply, accessLog } = await downstream.get(app.url);
    expect(reply.servedBy).toBe('app');
    expect(accessLog).toEqual([
      expect.objectContaining({ upstream_cluster: 'inbound', upstream_host: `${POD}:${PORTS.upstream}` }),
    ]);
    const onLoopback = await downstream.dial(`127.0.0.1:${PORTS.upstream}`, { sender: lab.envoyHost });
    expect(onLoopback.reply.outcome).toBe('ECONNREFUSED');
  });
}

/** @param rule the comments of the rules that exempt them */
export function exemptPorts(test: Test, rule: { metrics: string; health: string; tunnel?: string }): void {
  const exempt: [port: number, comment: string][] = [
    [15_090, rule.metrics],
    [15_021, rule.health],
  ];
  if (rule.tunnel !== undefined) exempt.push([15_008, rule.tunnel]);
  test.for(exempt)(
    'a connection to port %i arrives directly: a rule exempts it from capture',
    async ([port, comment], { downstream }) => {
      const { reply, received, accessLog, rules } = await downstream.get(`http://${POD}:${port}`);
      expect(reply.header('server')).toBe('agent');
      expect(received[0]?.remote).toBe(reply.local);
      expect(accessLog).toEqual([]);
      expect(rules).toContainEqual(counted(comment));
    },
  );
}

export function appCallsItself(test: Test): void {
  test("the app's call to the pod's own address is not captured", async ({ lab, downstream, upstreams: { app } }) => {
    const { reply, received, accessLog, rules } = await downstream.get(app.url, fromApp(lab));
    expect(reply.header('server')).toBe('app');
    expect(received[0]?.remote).toBe(reply.local);
    expect(accessLog).toEqual([]);
    expect(rules).toContainEqual(counted(RULE.overLoByUser, { packets: 1 }));
  });

  test("the app's call to 127.0.0.1 is not captured", async ({ lab, downstream, upstreams: { onLoopback } }) => {
    const { reply, accessLog, rules } = await downstream.get(onLoopback.url, fromApp(lab));
    expect(reply.header('server')).toBe('onLoopback');
    expect(accessLog).toEqual([]);
    expect(rules).toContainEqual(counted(RULE.overLoByUser, { packets: 1 }));
  });
}

export function exemptOwners(test: Test): void {
  test("a program of Envoy's user is not captured", async ({ lab, downstream, upstreams: { peer } }) => {
    const { reply, received, accessLog, rules } = await downstream.get(peer.url, {
      ...fromApp(lab),
      uid: SIDECAR.uid,
    });
    expect(reply.header('server')).toBe('peer');
    expect(received[0]?.remote).toBe(reply.local);
    expect(accessLog).toEqual([]);
    expect(rules).toContainEqual(counted(RULE.envoyUser, { packets: 1 }));
  });

  test("a program of the app's user and Envoy's group is not captured", async ({
    lab,
    downstream,
    upstreams: { peer },
  }) => {
    const { received, accessLog, rules } = await downstream.run(asEnvoyGroup(peer.url), fromApp(lab));
    expect(received).toHaveLength(1);
    expect(accessLog).toEqual([]);
    expect(rules).toContainEqual(counted(RULE.envoyGroup, { packets: 1 }));
  });
}

/**
 * `traffic_direction` decides which listeners an inbound drain stops.
 *
 * @param outcome of an inbound connection for which no socket listens
 */
export function inboundDrain(test: Test, outcome: 'ECONNREFUSED' | 'timeout'): void {
  const ends = outcome === 'timeout' ? 'time out' : 'are refused';
  test(
    `after POST /drain_listeners?inboundonly, inbound connections ${ends}, and outbound ones pass through Envoy`,
    changesEnvoy,
    async ({ lab, downstream, upstreams: { app, peer } }) => {
      await lab.adminPost('/drain_listeners?inboundonly');
      const inbound = await downstream.get(app.url, { connectTimeoutMs: TIMEOUTS.silenceMs });
      const outbound = await downstream.get(peer.url, fromApp(lab));
      expect(inbound.reply.outcome).toBe(outcome);
      expect([outbound.reply.servedBy, outbound.reply.header('server')]).toEqual(['peer', 'envoy']);
    },
  );
}

/** What is dialled at a capture port itself ends there. */
export function blackholes(test: Test): void {
  test.for([
    ['a peer', POD, SIDECAR.inbound],
    ['the app', '127.0.0.1', SIDECAR.inbound],
    ['the app', '127.0.0.1', SIDECAR.outbound],
  ] as const)(
    '%s that dials %s:%i itself is disconnected with UH: the chain of that destination_port ends the loop',
    async ([who, address, port], { lab, downstream }) => {
      const sender = who === 'the app' ? lab.envoyHost : lab.downstreamHost;
      const { reply, accessLog, stats } = await downstream.dial(`${address}:${port}`, { sender });
      expect([reply.outcome, reply.body]).toEqual(['closed', '']);
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_flags: 'UH',
          upstream_cluster: 'blackhole',
          downstream_remote_address: reply.local,
        }),
      ]);
      expect(stats[`listener.0.0.0.0_${port}.downstream_cx_total`]).toBe(1);
    },
  );
}

/** The address of the peer that dials the pod. */
export const DOWNSTREAM = ADDRESSES.downstream.ipv4;

import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { endOf } from '../../helpers/constants/addresses.ts';
import { cluster, listener } from '../../helpers/envoy/select.ts';
import { counted } from '../shared/counted.ts';
import {
  appCallsItself,
  blackholes,
  bytes,
  DOWNSTREAM,
  exemptOwners,
  exemptPorts,
  expectInboundLoop,
  expectRequestLoop,
  fromApp,
  inboundDrain,
  LIMIT,
  outboundConnections,
  outboundLoops,
  reachesPodAddress,
  requestLoop,
  toAppTest,
} from '../shared/sidecar/claims.ts';
import { PEER, POD, SIDECAR } from '../shared/sidecar/rules.ts';
import { RULE, sidecarCapture } from './scenario.ts';

const test = chapter(sidecarCapture);

describe('outbound connections', () => {
  outboundConnections(test);

  test('one packet of the app and one of Envoy pass the outbound rules for a connection', async ({
    lab,
    downstream,
  }) => {
    const { rules } = await downstream.get(`http://${PEER.address}:${PEER.bytesPort}`, fromApp(lab));
    expect(rules.map(({ comment, packets }) => [comment, packets])).toEqual([
      [RULE.leaves, 2],
      [RULE.envoyUser, 1],
      [RULE.outbound, 1],
      [RULE.redirect, 1],
    ]);
  });

  test('a program of another user of the pod is captured too: the rules exempt only Envoy', async ({
    lab,
    downstream,
    upstreams: { peer },
  }) => {
    const { reply, rules } = await downstream.get(peer.url, { ...fromApp(lab), uid: 1001 });
    expect([reply.servedBy, reply.header('server')]).toEqual(['peer', 'envoy']);
    expect(rules).toContainEqual(counted(RULE.redirect, { packets: 1 }));
  });
});

describe('inbound connections', () => {
  test("upstream_bind_config: a peer's request reaches the app from 127.0.0.6; the access log has the peer's address", async ({
    downstream,
    upstreams: { app },
  }) => {
    const { reply, received, accessLog } = await downstream.get(app.url);
    expect([reply.servedBy, reply.header('server')]).toEqual(['app', 'envoy']);
    expect(endOf(received[0]?.remote).address).toBe(SIDECAR.source);
    expect(accessLog).toEqual([
      expect.objectContaining({
        downstream_remote_address: reply.local,
        downstream_local_address: app.socketAddress,
        upstream_local_address: received[0]?.remote,
      }),
    ]);
    expect(endOf(reply.local).address).toBe(DOWNSTREAM);
  });

  reachesPodAddress(test);

  test('a port without a chain of its own goes through the passthrough chain to the app, byte by byte', async ({
    downstream,
    upstreams: { appBytes },
  }) => {
    const { reply, streams, stats } = await downstream.dial(appBytes.socketAddress, bytes);
    expect(reply.body).toBe('appBytes\n12 bytes\n');
    expect(endOf(streams[0]?.remote).address).toBe(SIDECAR.source);
    expect(stats['tcp.inbound_passthrough.downstream_cx_total']).toBe(1);
  });

  test('conntrack shows one translated entry for an inbound connection, and none for those of 127.0.0.6', async ({
    downstream,
    upstreams: { appBytes },
  }) => {
    const { reply, streams, conntrack } = await downstream.dial(appBytes.socketAddress, bytes);
    expect(conntrack.filter(({ nat }) => nat)).toEqual([
      expect.objectContaining({
        original: { source: reply.local, destination: appBytes.socketAddress },
        reply: { source: `${POD}:${SIDECAR.inbound}`, destination: reply.local },
      }),
    ]);
    expect(conntrack.filter(({ nat }) => !nat).map(({ original }) => original)).toEqual([
      { source: streams[0]?.remote, destination: appBytes.socketAddress },
    ]);
  });

  test('one packet of the peer and one of Envoy pass the rules for an inbound connection', async ({
    downstream,
    upstreams: { appBytes },
  }) => {
    const { rules } = await downstream.dial(appBytes.socketAddress, bytes);
    expect(rules.map(({ comment, packets }) => [comment, packets])).toEqual([
      [RULE.arrives, 1],
      [RULE.leaves, 1],
      [RULE.inbound, 1],
      [RULE.inRedirect, 1],
      [RULE.toApp, 1],
    ]);
  });

  exemptPorts(test, RULE);
});

describe('calls of the pod to itself', () => {
  appCallsItself(test);

  test("Envoy's call to the pod's own address is redirected to 15006: app, Envoy, Envoy, app", async ({
    lab,
    downstream,
    upstreams: { peer },
  }) => {
    const { reply, received, accessLog, rules } = await downstream.get(peer.url, toAppTest(lab));
    expect(reply.servedBy).toBe('app');
    expect(endOf(received[0]?.remote).address).toBe(SIDECAR.source);
    expect(accessLog.map(({ upstream_cluster }) => upstream_cluster).sort()).toEqual(['app', 'inbound']);
    expect(rules).toContainEqual(counted(RULE.selfByUser, { packets: 1 }));
    expect(rules).toContainEqual(counted(RULE.inRedirect, { packets: 1 }));
  });

  test("without the rules for self-calls, Envoy's call to the pod's own address reaches the app directly", async ({
    lab,
    netfilter,
    downstream,
    upstreams: { peer },
  }) => {
    await netfilter.without([RULE.selfByUser, RULE.selfByGroup]);
    const { received, accessLog } = await downstream.get(peer.url, toAppTest(lab));
    expect(endOf(received[0]?.remote).address).toBe(POD);
    expect(accessLog.map(({ upstream_cluster }) => upstream_cluster)).toEqual(['app']);
  });
});

describe('exempt programs', () => {
  exemptOwners(test);
});

describe('connections to the capture ports', () => {
  blackholes(test);

  test('a peer that dials 15001 passes 15006 first, then ends in the blackhole of 15001', async ({ downstream }) => {
    const { reply, accessLog } = await downstream.dial(`${POD}:${SIDECAR.outbound}`);
    expect([reply.outcome, reply.body]).toEqual(['closed', '']);
    expect(accessLog.map(({ upstream_cluster }) => upstream_cluster).sort()).toEqual([
      'blackhole',
      'inbound_passthrough',
    ]);
  });
});

describe('missing rules', () => {
  test('without the rule for 127.0.0.6, an inbound connection comes back to 15006 until max_connections ends it', async ({
    netfilter,
    downstream,
    upstreams: { appBytes },
  }) => {
    await netfilter.without(RULE.toApp);
    const exchange = await downstream.dial(appBytes.socketAddress);
    expectInboundLoop(exchange);
    expect(exchange.stats['cluster.inbound_passthrough.upstream_cx_overflow']).toBe(1);
  });

  test(
    'without the rule for 127.0.0.6, an inbound request comes back to 15006 until max_requests ends it: 503 UO',
    requestLoop,
    async ({ netfilter, downstream, upstreams: { app } }) => {
      await netfilter.without(RULE.toApp);
      expectRequestLoop(await downstream.get(app.url), 'inbound_http');
    },
  );

  outboundLoops(test);

  test("the exemption of Envoy's group alone keeps outbound connections from coming back", async ({
    lab,
    netfilter,
    downstream,
  }) => {
    await netfilter.without(RULE.envoyUser);
    const { reply, rules } = await downstream.get(`http://${PEER.address}:${PEER.bytesPort}`, fromApp(lab));
    expect(reply.servedBy).toBe('peer');
    expect(rules).toContainEqual(counted(RULE.envoyGroup, { packets: 1 }));
  });

  test("without rules, the app sees the peer's own address, and Envoy sees no connection", async ({
    lab,
    netfilter,
    downstream,
    upstreams: { app, peer },
  }) => {
    await netfilter.off();
    const inbound = await downstream.get(app.url);
    const outbound = await downstream.get(peer.url, fromApp(lab));
    expect(inbound.received[0]?.remote).toBe(inbound.reply.local);
    expect([inbound, outbound].map(({ reply }) => reply.header('server'))).toEqual(['app', 'peer']);
    expect([inbound, outbound].map(({ accessLog }) => accessLog)).toEqual([[], []]);
  });
});

describe('changed Envoy config', () => {
  test(
    'without the chain for destination_port 15001, a connection dialled to 15001 comes back until max_connections ends it',
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({ config: { at: listener('virtual_outbound'), delete: ['filter_chains[blackhole]'] } });
      const { reply, stats } = await downstream.dial(`127.0.0.1:${SIDECAR.outbound}`, { sender: lab.envoyHost });
      expect([reply.outcome, reply.body]).toEqual(['closed', '']);
      expect(stats['listener.0.0.0.0_15001.downstream_cx_total']).toBe(LIMIT + 1);
      expect(stats['cluster.passthrough.upstream_cx_overflow']).toBe(1);
    },
  );

  test(
    'with bind_to_port true, the outbound listener opens port 80 on the pod: a dialled connection is accepted',
    changesEnvoy,
    async ({ lab, downstream }) => {
      const before = await downstream.dial('127.0.0.1:80', { sender: lab.envoyHost });
      expect(before.reply.outcome).toBe('ECONNREFUSED');
      await lab.restartEnvoy({ config: { at: listener('outbound_http'), set: { bind_to_port: true } } });
      const { reply, accessLog } = await downstream.dial('127.0.0.1:80', {
        sender: lab.envoyHost,
        steps: [{ send: 'GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n' }],
        response: { method: 'GET' },
      });
      expect(reply.outcome).toBe(503);
      expect(accessLog).toHaveLength(1);
    },
  );

  test(
    'without use_original_dst, each outbound connection ends in the blackhole of 15001',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { peer } }) => {
      await lab.restartEnvoy({ config: { at: listener('virtual_outbound'), delete: ['use_original_dst'] } });
      const { reply, accessLog } = await downstream.dial(peer.socketAddress, { sender: lab.envoyHost });
      expect([reply.outcome, reply.body]).toEqual(['closed', '']);
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UH', upstream_cluster: 'blackhole' })]);
    },
  );

  test(
    "without upstream_bind_config, Envoy's connection to the app comes back to 15006 until max_connections ends it",
    changesEnvoy,
    async ({ lab, downstream, upstreams: { appBytes } }) => {
      await lab.restartEnvoy({ config: { at: cluster('inbound_passthrough'), delete: ['upstream_bind_config'] } });
      expectInboundLoop(await downstream.dial(appBytes.socketAddress));
    },
  );
});

describe('stopped Envoy', () => {
  inboundDrain(test, 'ECONNREFUSED');

  test(
    'while Envoy is stopped, inbound and outbound connections are refused',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { app, peer } }) => {
      await lab.stopEnvoy('SIGTERM');
      const inbound = await downstream.get(app.url);
      const outbound = await downstream.get(peer.url, fromApp(lab));
      expect([inbound, outbound].map(({ reply }) => reply.outcome)).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
      expect(inbound.rules).toContainEqual(counted(RULE.inRedirect, { packets: 1 }));
      expect(outbound.rules).toContainEqual(counted(RULE.redirect, { packets: 1 }));
    },
  );
});

import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined } from '../../fixtures/chapter.ts';
import { endOf } from '../../helpers/constants/addresses.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { listener } from '../../helpers/envoy/select.ts';
import { counted } from '../shared/counted.ts';
import {
  appCallsItself,
  asEnvoyGroup,
  blackholes,
  bytes,
  DOWNSTREAM,
  exemptOwners,
  exemptPorts,
  expectInboundLoop,
  expectRequestLoop,
  fromApp,
  inboundDrain,
  outboundConnections,
  outboundLoops,
  reachesPodAddress,
  requestLoop,
  toAppTest,
} from '../shared/sidecar/claims.ts';
import { POD } from '../shared/sidecar/rules.ts';
import { LOCAL_TABLE, MARK_LOOKUP, RULE, sidecarCaptureTproxy } from './scenario.ts';

const test = chapter(sidecarCaptureTproxy);

const capturedOnce = counted(RULE.tproxy, { table: 'mangle', chain: 'SIDECAR_TPROXY', packets: 1 });

describe('inbound connections', () => {
  test("original_src: the app sees the peer's own address, with another source port", async ({
    downstream,
    upstreams: { app },
  }) => {
    const { reply, received, accessLog } = await downstream.get(app.url);
    expect([reply.servedBy, reply.header('server')]).toEqual(['app', 'envoy']);
    expect(endOf(received[0]?.remote).address).toBe(DOWNSTREAM);
    expect(received[0]?.remote).not.toBe(reply.local);
    expect(accessLog).toEqual([
      expect.objectContaining({
        downstream_remote_address: reply.local,
        downstream_local_address: app.socketAddress,
        upstream_local_address: received[0]?.remote,
      }),
    ]);
  });

  reachesPodAddress(test);

  test("a port without a chain of its own goes through the passthrough chain, with the peer's address", async ({
    downstream,
    upstreams: { appBytes },
  }) => {
    const { reply, streams, stats } = await downstream.dial(appBytes.socketAddress, bytes);
    expect(reply.body).toBe('appBytes\n12 bytes\n');
    expect(endOf(streams[0]?.remote).address).toBe(DOWNSTREAM);
    expect(stats['tcp.inbound_passthrough.downstream_cx_total']).toBe(1);
  });

  test("conntrack shows two entries from the peer's address for an inbound connection, and no translation", async ({
    downstream,
    upstreams: { appBytes },
  }) => {
    const { reply, streams, conntrack } = await downstream.dial(appBytes.socketAddress, bytes);
    expect(conntrack.filter(({ nat }) => nat)).toEqual([]);
    expect(conntrack.map(({ original }) => original.source).sort()).toEqual([reply.local, streams[0]?.remote].sort());
    expect(new Set(conntrack.map(({ original }) => original.destination))).toEqual(new Set([appBytes.socketAddress]));
  });

  test('the TPROXY rule counts the first packet of a connection; later ones are diverted by their state', async ({
    downstream,
    upstreams: { app },
  }) => {
    const first = await downstream.get(app.url, { connection: 'kept' });
    const second = await downstream.get(app.url, { connection: 'kept', last: true });
    expect(first.rules).toContainEqual(capturedOnce);
    expect(second.rules).toEqual(expect.arrayContaining([counted(RULE.divert), counted(RULE.accept)]));
    expect(second.rules).not.toContainEqual(counted(RULE.tproxy));
  });

  test("the app's replies to Envoy get the mark of Envoy's connection and stay on lo, though their destination is the peer", async ({
    downstream,
    upstreams: { app },
  }) => {
    const { received, rules, packets } = await downstream.get(app.url, { packets: true });
    expect(rules).toEqual(expect.arrayContaining([counted(RULE.save), counted(RULE.restore)]));
    const { port } = endOf(received[0]?.remote);
    const replies = packets.filter((line) => line.includes(`> ${DOWNSTREAM}.${port}: `));
    expect(replies).not.toEqual([]);
    expect(replies.filter((line) => !line.includes(' lo '))).toEqual([]);
  });

  exemptPorts(test, RULE);

  test('inbound capture by TPROXY needs no IP forwarding and passes a strict reverse path filter', async ({
    lab,
    downstream,
    upstreams: { app },
  }) => {
    const settings = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/rp_filter'].map((name) => `/proc/sys/${name}`);
    expect(await lab.envoyHost.run(['cat', ...settings])).toBe('0\n1\n');
    const { reply, rules } = await downstream.get(app.url);
    expect([reply.outcome, reply.header('server')]).toEqual([200, 'envoy']);
    expect(rules).toContainEqual(capturedOnce);
  });
});

describe('outbound connections', () => {
  outboundConnections(test);
});

describe('calls of the pod to itself', () => {
  appCallsItself(test);

  test("Envoy's call to the pod's own address is marked in OUTPUT and captured by TPROXY over lo", async ({
    lab,
    downstream,
    upstreams: { peer },
  }) => {
    const { reply, received, accessLog, rules } = await downstream.get(peer.url, toAppTest(lab));
    expect(reply.servedBy).toBe('app');
    expect(endOf(received[0]?.remote).address).toBe(POD);
    expect(accessLog.map(({ upstream_cluster }) => upstream_cluster).sort()).toEqual(['app', 'inbound']);
    expect(rules).toEqual(expect.arrayContaining([counted(RULE.selfMarkByUser), capturedOnce]));
  });

  test("a call to the pod's own address by a program of the app's user and Envoy's group is captured by TPROXY over lo", async ({
    lab,
    downstream,
    upstreams: { app },
  }) => {
    const { received, accessLog, rules } = await downstream.run(asEnvoyGroup(app.url), fromApp(lab));
    expect(received).toHaveLength(1);
    expect(accessLog.map(({ upstream_cluster }) => upstream_cluster)).toEqual(['inbound']);
    expect(rules).toEqual(expect.arrayContaining([counted(RULE.selfMarkByGroup), capturedOnce]));
  });

  test("without the marks for self-calls, Envoy's call to the pod's own address reaches the app directly", async ({
    lab,
    netfilter,
    downstream,
    upstreams: { peer },
  }) => {
    await netfilter.without([RULE.selfMarkByUser, RULE.selfMarkByGroup]);
    const { reply, accessLog } = await downstream.get(peer.url, toAppTest(lab));
    expect(reply.servedBy).toBe('app');
    expect(accessLog.map(({ upstream_cluster }) => upstream_cluster)).toEqual(['app']);
  });
});

describe('exempt programs', () => {
  exemptOwners(test);
});

describe('connections to the capture ports', () => {
  blackholes(test);
});

describe('missing rules and routes', () => {
  outboundLoops(test);

  test('without the rule that restores the mark, replies of the app leave the pod: Envoy gives up after connect_timeout', async ({
    netfilter,
    downstream,
    upstreams: { appBytes },
  }) => {
    await netfilter.without(RULE.restore);
    const { reply, accessLog } = await downstream.dial(appBytes.socketAddress);
    expect([reply.outcome, reply.body]).toEqual(['closed', '']);
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF,URX' })]);
  });

  test.for([
    ['the ip rule for mark 1337', MARK_LOOKUP],
    ['the local route in table 133', LOCAL_TABLE],
  ])(
    'without %s, replies of the app leave the pod: Envoy gives up after connect_timeout',
    async ([, command], { routing, downstream, upstreams: { appBytes } }) => {
      await routing.without(command as string);
      const { reply, accessLog } = await downstream.dial(appBytes.socketAddress);
      expect([reply.outcome, reply.body]).toEqual(['closed', '']);
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF,URX' })]);
    },
  );

  test("without rules, the app sees the peer's own connection", async ({
    netfilter,
    downstream,
    upstreams: { app },
  }) => {
    await netfilter.off();
    const { reply, received, accessLog } = await downstream.get(app.url);
    expect(reply.header('server')).toBe('app');
    expect(received[0]?.remote).toBe(reply.local);
    expect(accessLog).toEqual([]);
  });
});

describe('changed Envoy config', () => {
  const withoutOriginalSrc = {
    at: listener('virtual_inbound'),
    delete: ['listener_filters[envoy.filters.listener.original_src]'],
  };

  test(
    "without the mark of original_src, Envoy's connection to the app is captured again and its replies leave the pod: UF",
    changesEnvoy,
    async ({ lab, downstream, upstreams: { appBytes } }) => {
      await lab.restartEnvoy({
        config: {
          at: listener('virtual_inbound'),
          delete: ['listener_filters[envoy.filters.listener.original_src].typed_config.mark'],
        },
      });
      const { reply, streams, accessLog } = await downstream.dial(appBytes.socketAddress);
      expect([reply.outcome, reply.body]).toEqual(['closed', '']);
      expect(streams).toEqual([]);
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF,URX' })]);
    },
  );

  test(
    "without original_src, Envoy's connection to the app is captured again until max_connections ends it",
    changesEnvoy,
    async ({ lab, downstream, upstreams: { appBytes } }) => {
      await lab.restartEnvoy({ config: withoutOriginalSrc });
      expectInboundLoop(await downstream.dial(appBytes.socketAddress));
    },
  );

  test(
    'without original_src, a request of Envoy to the app is captured again until max_requests ends it: 503 UO',
    combined(changesEnvoy, requestLoop),
    async ({ lab, downstream, upstreams: { app } }) => {
      await lab.restartEnvoy({ config: withoutOriginalSrc });
      expectRequestLoop(await downstream.get(app.url), 'inbound_http');
    },
  );
});

describe('drained and killed Envoy', () => {
  inboundDrain(test, 'timeout');

  test(
    'with Envoy killed, an inbound connection times out instead of being refused',
    changesEnvoy,
    async ({ lab, downstream, upstreams: { app } }) => {
      await lab.stopEnvoy('SIGKILL');
      const { reply, received } = await downstream.get(app.url, { connectTimeoutMs: TIMEOUTS.silenceMs });
      expect(reply.outcome).toBe('timeout');
      expect(received).toEqual([]);
    },
  );
});

import { expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { ADDRESSES } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { synsSent } from '../../helpers/exchange/syns.ts';
import { ORIGINAL_SRC } from '../shared/tproxy-faults.ts';
import { LOCAL_TABLE, RULE } from '../tproxy-outgoing/scenario.ts';
import { LOCAL_TABLE6, MARK_LOOKUP6, tproxyOutgoingIpv6 } from './scenario.ts';

const test = chapter(tproxyOutgoingIpv6);

/** For a connection that is expected never to open. */
const silently = { connectTimeoutMs: TIMEOUTS.silenceMs, packets: true };
const counted = (family: 'ipv4' | 'ipv6', comment: string) => expect.objectContaining({ family, comment });
const captured = (family: 'ipv4' | 'ipv6', packets: number) =>
  expect.objectContaining({ family, table: 'mangle', chain: 'PREROUTING', comment: RULE.capture, packets });
const capturedOnce = (family: 'ipv4' | 'ipv6') => captured(family, 1);
/** `[2001:db8:1::10]` of `[2001:db8:1::10]:50123`. */
const addressOf = (socket: string | undefined) => socket?.replace(/:\d+$/, '');

test('a request over IPv6 is answered through Envoy, captured by a rule of ip6tables', async ({
  downstream,
  upstream,
}) => {
  const { reply, rules } = await downstream.get(upstream.url6);
  expect(reply.outcome).toBe(200);
  expect(reply.servedBy).toBe('upstream');
  expect(reply.header('server')).toBe('envoy');
  expect(rules).toContainEqual(capturedOnce('ipv6'));
  expect(rules.filter(({ family }) => family === 'ipv4')).toEqual([]);
});

test('the same listener takes IPv4, captured by a rule of iptables', async ({ downstream, upstream }) => {
  const { reply, rules } = await downstream.get(upstream.url);
  expect(reply.outcome).toBe(200);
  expect(reply.header('server')).toBe('envoy');
  expect(rules).toContainEqual(capturedOnce('ipv4'));
  expect(rules.filter(({ family }) => family === 'ipv6')).toEqual([]);
});

test("Envoy knows both ends of the downstream's connection as the downstream does", async ({
  downstream,
  upstream,
}) => {
  const six = await downstream.get(upstream.url6);
  const four = await downstream.get(upstream.url);
  const asEnvoySays = ({ received: [request], accessLog: [entry] }: typeof six) => [
    request?.header('x-request-downstream-local'),
    request?.header('x-request-downstream-remote'),
    entry?.downstream_local_address,
    entry?.downstream_remote_address,
  ];
  expect(asEnvoySays(six)).toEqual([
    upstream.socketAddress6,
    six.reply.local,
    upstream.socketAddress6,
    six.reply.local,
  ]);
  expect(asEnvoySays(four)).toEqual([
    upstream.socketAddress,
    four.reply.local,
    upstream.socketAddress,
    four.reply.local,
  ]);
});

test('conntrack sees no address rewritten', async ({ downstream, upstream }) => {
  const { reply, received, conntrack } = await downstream.get(upstream.url6);
  expect(conntrack.map(({ original }) => original.source).sort()).toEqual([reply.local, received[0]?.remote].sort());
  expect(conntrack.filter(({ nat }) => nat)).toEqual([]);
});

test("Envoy's port never appears on a wire", async ({ downstream, upstream }) => {
  const { packets, reply } = await downstream.get(upstream.url6, { packets: true });
  expect(reply.header('server')).toBe('envoy');
  const wire = packets.filter((line) => !line.includes(' lo '));
  const ports = new Set(wire.flatMap((line) => /IP6 \S+\.(\d+) > \S+\.(\d+):/.exec(line)?.slice(1) ?? []));
  expect(ports).toContain('80');
  expect(ports).toContain(/\d+$/.exec(reply.local ?? '')?.[0]);
  expect(ports).not.toContain(String(PORTS.listener));
});

test('the TPROXY rule counts one packet a connection, DIVERT the others', async ({ downstream, upstream }) => {
  const first = await downstream.get(upstream.url6, { connection: 'kept' });
  const second = await downstream.get(upstream.url6, { connection: 'kept', last: true });
  expect(first.rules).toEqual(expect.arrayContaining([capturedOnce('ipv6'), counted('ipv6', RULE.divert)]));
  expect(second.rules).toContainEqual(counted('ipv6', RULE.divert));
  expect(second.rules).not.toContainEqual(counted('ipv6', RULE.capture));
});

test('a connection to another port is forwarded, past Envoy and past every rule', async ({ downstream, upstream }) => {
  const { reply, stats, rules, packets } = await downstream.get(`http://[${upstream.address.ipv6}]:81`, {
    packets: true,
  });
  expect(reply.outcome).toBe('ECONNREFUSED');
  expect(packets).toContainEqual(expect.stringMatching(/^upstream .* > 2001:db8:2::10\.81: Flags \[S\]/));
  expect(stats).toEqual({});
  expect(rules).toEqual([]);
});

test("the upstream sees the router's IPv6 address, for Envoy calls from there", async ({ downstream, upstream }) => {
  const { received, accessLog } = await downstream.get(upstream.url6);
  expect(addressOf(received[0]?.remote)).toBe(`[${ADDRESSES.towardsUpstreams.ipv6}]`);
  expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
});

test('without the rule for IPv6 it is forwarded, while IPv4 is captured as before', async ({
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

test('without the look-up by mark for IPv6 it times out, while IPv4 is answered', async ({
  routing,
  downstream,
  upstream,
}) => {
  await routing.without(MARK_LOOKUP6);
  const six = await downstream.get(upstream.url6, silently);
  const four = await downstream.get(upstream.url);
  expect([six, four].map(({ reply }) => reply.outcome)).toEqual(['timeout', 200]);
  expect(four.reply.header('server')).toBe('envoy');
  expect(six.rules).toContainEqual(captured('ipv6', synsSent(six.packets)));
  expect(six.stats).toEqual({});
});

test('without the local table for IPv6 it times out, while IPv4 is answered', async ({
  routing,
  downstream,
  upstream,
}) => {
  await routing.without(LOCAL_TABLE6);
  const six = await downstream.get(upstream.url6, silently);
  const four = await downstream.get(upstream.url);
  expect([six, four].map(({ reply }) => reply.outcome)).toEqual(['timeout', 200]);
  expect(four.reply.header('server')).toBe('envoy');
  expect(six.stats).toEqual({});
});

test('without the local table for IPv4 that times out, while IPv6 is answered', async ({
  routing,
  downstream,
  upstream,
}) => {
  await routing.without(LOCAL_TABLE);
  const six = await downstream.get(upstream.url6);
  const four = await downstream.get(upstream.url, silently);
  expect([six, four].map(({ reply }) => reply.outcome)).toEqual([200, 'timeout']);
  expect(six.reply.header('server')).toBe('envoy');
  expect(four.stats).toEqual({});
});

test(
  'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
  changesEnvoy,
  async ({ lab, downstream, upstream }) => {
    await lab.stopEnvoy('SIGKILL');
    const { reply, received, rules, packets } = await downstream.get(upstream.url6, silently);
    expect(reply.outcome).toBe('timeout');
    expect(received).toEqual([]);
    expect(rules).toContainEqual(captured('ipv6', synsSent(packets)));
  },
);

test(
  'without ipv4_compat the listener is of IPv6 alone: captured IPv4 times out',
  changesEnvoy,
  async ({ lab, downstream, upstream }) => {
    await lab.restartEnvoy({
      config: { set: { 'static_resources.listeners.0.address.socket_address.ipv4_compat': false } },
    });
    const six = await downstream.get(upstream.url6);
    const four = await downstream.get(upstream.url, silently);
    expect([six, four].map(({ reply }) => reply.outcome)).toEqual([200, 'timeout']);
    expect(six.reply.header('server')).toBe('envoy');
    expect(four.rules).toContainEqual(captured('ipv4', synsSent(four.packets)));
  },
);

test(
  "with the original_src filter the upstream sees the downstream's own IPv6 address",
  changesEnvoy,
  async ({ lab, downstream, upstream }) => {
    await lab.restartEnvoy({ config: { add: { 'static_resources.listeners.0.listener_filters.1': ORIGINAL_SRC } } });
    const { reply, received } = await downstream.get(upstream.url6);
    expect(reply.header('server')).toBe('envoy');
    expect(addressOf(received[0]?.remote)).toBe(`[${ADDRESSES.downstream.ipv6}]`);
    expect(received[0]?.remote).not.toBe(reply.local);
  },
);

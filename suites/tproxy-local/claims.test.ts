import { expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { ADDRESSES } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { LOCAL_TABLE, MARK_LOOKUP, transparent } from '../tproxy-outgoing/scenario.ts';
import { RULE, tproxyLocal } from './scenario.ts';

const test = chapter(tproxyLocal);

/** For a connection that is expected never to open. */
const silently = { connectTimeoutMs: TIMEOUTS.silenceMs };
const counted = (comment: string) => expect.objectContaining({ comment });
const capturedOnce = expect.objectContaining({
  table: 'mangle',
  chain: 'PREROUTING',
  comment: RULE.capture,
  packets: 1,
});

const chosenOnce = expect.objectContaining({ table: 'mangle', chain: 'OUTPUT', comment: RULE.choose, packets: 1 });

test('a request is answered through Envoy', async ({ downstream, upstream }) => {
  const { reply, rules } = await downstream.get(upstream.url);
  expect(reply.outcome).toBe(200);
  expect(reply.servedBy).toBe('upstream');
  expect(reply.header('server')).toBe('envoy');
  expect(rules).toEqual(expect.arrayContaining([chosenOnce, counted(RULE.loop), capturedOnce]));
});

test("Envoy knows both ends of the downstream's connection as the downstream does", async ({
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

test('both connections have the address of the link, and ports of their own', async ({ downstream, upstream }) => {
  const { reply, received, accessLog } = await downstream.get(upstream.url);
  const addresses = [reply.local, received[0]?.remote].map((socket) => socket?.split(':')[0]);
  expect(addresses).toEqual(Array(2).fill(ADDRESSES.towardsUpstreams.ipv4));
  expect(received[0]?.remote).not.toBe(reply.local);
  expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
});

test('conntrack sees no address rewritten', async ({ downstream, upstream }) => {
  const { reply, received, conntrack } = await downstream.get(upstream.url);
  expect(conntrack.map(({ original }) => original.source).sort()).toEqual([reply.local, received[0]?.remote].sort());
  expect(conntrack.filter(({ nat }) => nat)).toEqual([]);
});

test("the downstream's packets stay on lo, Envoy's own leave by the link, and none has Envoy's port", async ({
  downstream,
  upstream,
}) => {
  const { packets, reply } = await downstream.get(upstream.url, { packets: true });
  const port = reply.local?.split(':')[1];
  const seen = packets.flatMap((line) => {
    const [, on, source, destination] = /^host \S+ (\S+) +\S+ +IP \S+\.(\d+) > \S+\.(\d+):/.exec(line) ?? [];
    return on === undefined ? [] : [{ on, ports: [source, destination] }];
  });
  const interfacesOf = (ofDownstream: boolean) => [
    ...new Set(
      seen.filter(({ ports }) => ports.includes('80') && ports.includes(port) === ofDownstream).map(({ on }) => on),
    ),
  ];
  expect(interfacesOf(true)).toEqual(['lo']);
  expect(interfacesOf(false)).toEqual(['to-upstream']);
  expect(seen.flatMap(({ ports }) => ports)).not.toContain(String(PORTS.listener));
});

test('one packet a connection is chosen and given to Envoy, DIVERT takes the others', async ({
  downstream,
  upstream,
}) => {
  const first = await downstream.get(upstream.url, { connection: 'kept' });
  const second = await downstream.get(upstream.url, { connection: 'kept', last: true });
  expect(first.rules).toEqual(expect.arrayContaining([chosenOnce, capturedOnce, counted(RULE.divert)]));
  expect(second.rules).toEqual(expect.arrayContaining([counted(RULE.loop), counted(RULE.divert)]));
  expect(second.rules).not.toContainEqual(counted(RULE.choose));
  expect(second.rules).not.toContainEqual(counted(RULE.capture));
});

test('without DIVERT it works all the same: TPROXY finds the open socket too', async ({
  netfilter,
  downstream,
  upstream,
}) => {
  await netfilter.without(RULE.divert);
  const { reply, rules } = await downstream.get(upstream.url);
  expect(reply.outcome).toBe(200);
  expect(reply.header('server')).toBe('envoy');
  expect(rules.find(({ comment }) => comment === RULE.capture)?.packets ?? 0).toBeGreaterThan(1);
});

test('a process that runs as the user of Envoy goes straight to the upstream', async ({ downstream, upstream }) => {
  const { reply, received, accessLog, rules } = await downstream.get(upstream.url, { uid: transparent.uid });
  expect(reply.header('server')).toBe('upstream');
  expect(received[0]?.remote).toBe(reply.local);
  expect([accessLog, rules]).toEqual([[], []]);
});

test('a connection to another port is left alone', async ({ downstream, upstream }) => {
  const { reply, accessLog, rules } = await downstream.get(`http://${upstream.address.ipv4}:81`);
  expect(reply.outcome).toBe('ECONNREFUSED');
  expect([accessLog, rules]).toEqual([[], []]);
});

test('without the mark nothing is looped: it goes straight, and TPROXY sees nothing', async ({
  netfilter,
  downstream,
  upstream,
}) => {
  await netfilter.without(RULE.loop);
  const { reply, received, accessLog, rules } = await downstream.get(upstream.url);
  expect(reply.header('server')).toBe('upstream');
  expect(received[0]?.remote).toBe(reply.local);
  expect(accessLog).toEqual([]);
  expect(rules).toEqual([chosenOnce]);
});

test('without the look-up by mark what is marked leaves all the same: it goes straight', async ({
  routing,
  downstream,
  upstream,
}) => {
  await routing.without(MARK_LOOKUP);
  const { reply, accessLog, rules } = await downstream.get(upstream.url);
  expect(reply.header('server')).toBe('upstream');
  expect(accessLog).toEqual([]);
  expect(rules).toEqual([chosenOnce, counted(RULE.loop)]);
});

test('without the local table the look-up finds nothing and goes on: it goes straight', async ({
  routing,
  downstream,
  upstream,
}) => {
  await routing.without(LOCAL_TABLE);
  const { reply, accessLog, rules } = await downstream.get(upstream.url);
  expect(reply.header('server')).toBe('upstream');
  expect(accessLog).toEqual([]);
  expect(rules).toEqual([chosenOnce, counted(RULE.loop)]);
});

test('without the TPROXY rule nobody answers what is looped: the connection times out', async ({
  netfilter,
  downstream,
  upstream,
}) => {
  await netfilter.without(RULE.capture);
  const { reply, received, accessLog } = await downstream.get(upstream.url, silently);
  expect(reply.outcome).toBe('timeout');
  expect(received).toEqual([]);
  expect(accessLog).toEqual([]);
});

test(
  'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
  changesEnvoy,
  async ({ lab, downstream, upstream }) => {
    await lab.stopEnvoy('SIGKILL');
    const { reply, received, rules } = await downstream.get(upstream.url, silently);
    expect(reply.outcome).toBe('timeout');
    expect(received).toEqual([]);
    expect(rules).toEqual(expect.arrayContaining([counted(RULE.loop), capturedOnce]));
  },
);

test('while the upstream is down, Envoy answers 503 UF', async ({ downstream, upstream }) => {
  await upstream.stop();
  const { reply, accessLog } = await downstream.get(upstream.url);
  expect(reply.outcome).toBe(503);
  expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF', upstream_host: upstream.socketAddress })]);
});

test('who dials the listener itself makes Envoy call itself, which the guard stops: 503 UF', async ({
  lab,
  downstream,
}) => {
  const { reply, accessLog, rules } = await downstream.get(lab.envoyUrl);
  expect(reply.outcome).toBe(503);
  expect(accessLog).toEqual([
    expect.objectContaining({ response_flags: 'UF', upstream_host: `127.0.0.1:${PORTS.listener}` }),
  ]);
  expect(rules).toContainEqual(expect.objectContaining({ table: 'filter', comment: RULE.guard, packets: 1 }));
});

test('without the rules the downstream meets the upstream itself', async ({ netfilter, downstream, upstream }) => {
  await netfilter.off();
  const { reply, received, stats } = await downstream.get(upstream.url);
  expect(reply.header('server')).toBe('upstream');
  expect(received[0]?.remote).toBe(reply.local);
  expect(stats).toEqual({});
});

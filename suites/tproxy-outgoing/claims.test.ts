import { expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { ADDRESSES } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { synsSent } from '../../helpers/exchange/syns.ts';
import { LOCAL_TABLE, MARK_LOOKUP, RULE, tproxyOutgoing } from './scenario.ts';

const test = chapter(tproxyOutgoing);

/** SHA-256 of the first 20 MiB of the upstream's payload. */
const PAYLOAD_20_MIB = '4ef0e6ddb3d6dd51ea71bab90f6b2e86fafb1dd4477fdd442a3c095dd1a8516f';
/** For a connection that is expected never to open. */
const silently = { connectTimeoutMs: TIMEOUTS.silenceMs, packets: true };
const LISTENER = 'listener.0.0.0.0_4999.downstream_cx_total';
const captured = (packets: number) =>
  expect.objectContaining({ table: 'mangle', chain: 'PREROUTING', comment: RULE.capture, packets });
const capturedOnce = captured(1);
const counted = (comment: string) => expect.objectContaining({ comment });

test('a request is answered through Envoy', async ({ downstream, upstream }) => {
  const { reply, stats } = await downstream.get(upstream.url);
  expect(reply.outcome).toBe(200);
  expect(reply.servedBy).toBe('upstream');
  expect(reply.header('server')).toBe('envoy');
  expect(stats[LISTENER]).toBe(1);
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

test('the time of the request is added as a date, a zone and seconds since 1970', async ({ downstream, upstream }) => {
  const { received, accessLog } = await downstream.get(upstream.url);
  const added = received[0]?.header('x-request-start-time') ?? 'no header';
  expect(added).toMatch(/^\d{4}\/\d\d\/\d\dT\d\d:\d\d:\d\d\+0000 \d+$/);
  const [date, seconds] = added.split('+0000 ');
  expect(Date.parse(`${date?.replaceAll('/', '-')}Z`)).toBe(Number(seconds) * 1000);
  expect(accessLog[0]?.start_time).toContain(`${date?.replaceAll('/', '-')}.`);
});

test('a header whose value is empty when headers are added is left out', async ({ downstream, upstream }) => {
  const { received } = await downstream.get(upstream.url);
  expect(received[0]?.header('x-request-downstream-local')).toBe(upstream.socketAddress);
  expect(received[0]?.lines('x-request-upstream-remote')).toEqual([]);
});

test('conntrack sees no address rewritten', async ({ downstream, upstream }) => {
  const { reply, received, conntrack } = await downstream.get(upstream.url);
  expect(conntrack.map(({ original }) => original.source).sort()).toEqual([reply.local, received[0]?.remote].sort());
  expect(conntrack.filter(({ nat }) => nat)).toEqual([]);
});

test("Envoy's port never appears on a wire", async ({ downstream, upstream }) => {
  const { packets, reply } = await downstream.get(upstream.url, { packets: true });
  expect(reply.header('server')).toBe('envoy');
  const wire = packets.filter((line) => !line.includes(` lo `));
  const ports = new Set(
    wire.flatMap((line) => [...line.matchAll(/\d+\.\d+\.\d+\.\d+\.(\d+)/g)].map(([, port]) => port)),
  );
  expect(ports).toContain('80');
  expect(ports).toContain(reply.local?.split(':')[1]);
  expect(ports).not.toContain(String(PORTS.listener));
});

test('the TPROXY rule counts one packet a connection, DIVERT the others', async ({ downstream, upstream }) => {
  const first = await downstream.get(upstream.url, { connection: 'kept' });
  const second = await downstream.get(upstream.url, { connection: 'kept', last: true });
  expect(first.rules).toEqual(expect.arrayContaining([capturedOnce, counted(RULE.divert), counted(RULE.mark)]));
  expect(second.rules).toEqual(expect.arrayContaining([counted(RULE.divert), counted(RULE.accept)]));
  expect(second.rules).not.toContainEqual(counted(RULE.capture));
});

test('a connection to another port is forwarded, past Envoy and past every rule', async ({ downstream, upstream }) => {
  const { reply, stats, rules, packets } = await downstream.get(`http://${upstream.address.ipv4}:81`, {
    packets: true,
  });
  expect(reply.outcome).toBe('ECONNREFUSED');
  expect(reply.remote).toBeUndefined();
  expect(packets).toContainEqual(expect.stringMatching(/^upstream .* > 198\.51\.100\.10\.81: Flags \[S\]/));
  expect(stats).toEqual({});
  expect(rules).toEqual([]);
});

test('the upstream sees the router, for Envoy calls from there', async ({ downstream, upstream }) => {
  const { received, accessLog } = await downstream.get(upstream.url);
  expect(received[0]?.remote.split(':')[0]).toBe(ADDRESSES.towardsUpstreams.ipv4);
  expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
});

test('20 MiB go up byte for byte', async ({ downstream, upstream }) => {
  const { reply, accessLog } = await downstream.post(upstream.url, { payloadBytes: 20 * 2 ** 20 });
  expect(reply.outcome).toBe(200);
  expect(JSON.parse(reply.body)).toMatchObject({ bodyBytes: 20 * 2 ** 20, bodySha256: PAYLOAD_20_MIB });
  expect(accessLog[0]?.bytes_received).toBe(20 * 2 ** 20);
});

test('20 MiB come down byte for byte', async ({ downstream, upstream }) => {
  const { reply, accessLog } = await downstream.get(`${upstream.url}/payload/${20 * 2 ** 20}`);
  expect(reply.digest).toEqual({ bytes: 20 * 2 ** 20, sha256: PAYLOAD_20_MIB });
  expect(accessLog[0]?.bytes_sent).toBe(20 * 2 ** 20);
});

test('50 connections at once are each answered, and each is captured once', async ({ downstream, upstream }) => {
  const { replies, received, stats, rules, packets } = await downstream.getAll(Array(50).fill(upstream.url), {
    packets: true,
  });
  expect(new Set(replies.map(({ outcome }) => outcome))).toEqual(new Set([200]));
  const sources = received.map((request) => request.header('x-request-downstream-remote'));
  expect(sources.sort()).toEqual(replies.map(({ local }) => local).sort());
  expect(stats[LISTENER]).toBe(50);
  const count = rules.find(({ comment }) => comment === RULE.capture)?.packets;
  // One for each connection; a SYN that the busy kernel of the downstream repeats may be captured again.
  expect(count).toBeGreaterThanOrEqual(50);
  expect(count).toBeLessThanOrEqual(synsSent(packets));
});

test('without the look-up by mark the connection times out, and Envoy sees none', async ({
  routing,
  downstream,
  upstream,
}) => {
  await routing.without(MARK_LOOKUP);
  const { reply, received, stats, rules, packets } = await downstream.get(upstream.url, silently);
  expect(reply.outcome).toBe('timeout');
  expect(received).toEqual([]);
  expect(stats).toEqual({});
  expect(rules).toContainEqual(captured(synsSent(packets)));
});

test('without the local table the connection times out, and Envoy sees none', async ({
  routing,
  downstream,
  upstream,
}) => {
  await routing.without(LOCAL_TABLE);
  const { reply, received, stats, rules, packets } = await downstream.get(upstream.url, silently);
  expect(reply.outcome).toBe('timeout');
  expect(received).toEqual([]);
  expect(stats).toEqual({});
  expect(rules).toContainEqual(captured(synsSent(packets)));
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
  expect(rules).not.toContainEqual(counted(RULE.mark));
  const [capture] = rules.filter(({ comment }) => comment === RULE.capture);
  expect(capture?.packets ?? 0).toBeGreaterThan(1);
});

test('without the rules the downstream meets the upstream itself, by its own address', async ({
  netfilter,
  downstream,
  upstream,
}) => {
  await netfilter.off();
  const { reply, received, stats } = await downstream.get(upstream.url);
  expect(reply.outcome).toBe(200);
  expect(reply.header('server')).toBe('upstream');
  expect(received[0]?.remote).toBe(reply.local);
  expect(reply.local).toContain(ADDRESSES.downstream.ipv4);
  expect(stats).toEqual({});
});

test(
  "the witness counts Envoy's own connection and not the downstream's",
  changesEnvoy,
  async ({ lab, downstream, upstream }) => {
    await lab.restartEnvoy({});
    const first = await downstream.get(upstream.url);
    const second = await downstream.get(upstream.url);
    expect(first.rules).toContainEqual(expect.objectContaining({ comment: RULE.witness, packets: 1 }));
    expect(second.rules).not.toContainEqual(counted(RULE.witness));
    expect(second.received[0]?.remote).toBe(first.received[0]?.remote);
  },
);

test(
  'a listener that is not transparent gets nothing: the connection times out',
  changesEnvoy,
  async ({ lab, downstream, upstream }) => {
    await lab.restartEnvoy({ config: { set: { 'static_resources.listeners.0.transparent': false } } });
    const { reply, received, stats, rules, packets } = await downstream.get(upstream.url, silently);
    expect(reply.outcome).toBe('timeout');
    expect(received).toEqual([]);
    expect(stats).toEqual({});
    expect(rules).toContainEqual(captured(synsSent(packets)));
  },
);

test(
  'without the original_dst listener filter Envoy has nowhere to connect to: 503 UH',
  changesEnvoy,
  async ({ lab, downstream, upstream }) => {
    await lab.restartEnvoy({ config: { delete: ['static_resources.listeners.0.listener_filters.0'] } });
    const { reply, received, accessLog } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(503);
    expect(reply.body).toBe('no healthy upstream');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UH' })]);
  },
);

test(
  'with neither NET_ADMIN nor NET_RAW Envoy ends, and says that it may not be transparent',
  changesEnvoy,
  async ({ lab }) => {
    const { exitStatus, log } = await lab.envoyExit({ capabilities: [] });
    expect(exitStatus).toBe(1);
    expect(log).toContain('Setting IPPROTO_IP/IP_TRANSPARENT option on socket failed');
  },
);

test('NET_RAW alone is enough to be transparent', changesEnvoy, async ({ lab, downstream, upstream }) => {
  await lab.restartEnvoy({ capabilities: ['NET_RAW'] });
  const { reply, rules } = await downstream.get(upstream.url);
  expect(reply.outcome).toBe(200);
  expect(rules).toContainEqual(capturedOnce);
});

test(
  'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
  changesEnvoy,
  async ({ lab, downstream, upstream }) => {
    await lab.stopEnvoy('SIGKILL');
    const { reply, received, rules, packets } = await downstream.get(upstream.url, silently);
    expect(reply.outcome).toBe('timeout');
    expect(received).toEqual([]);
    expect(rules).toContainEqual(captured(synsSent(packets)));
  },
);

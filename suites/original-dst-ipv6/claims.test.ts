import { expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import { RULE } from '../original-dst/scenario.ts';
import { originalDstIpv6 } from './scenario.ts';

const test = chapter(originalDstIpv6);

const captured = (family: 'ipv4' | 'ipv6') =>
  expect.objectContaining({ family, chain: 'OUTPUT', comment: RULE.capture, packets: 1 });
const IPV4_COMPAT = 'static_resources.listeners.0.address.socket_address.ipv4_compat';
const LISTENER_ADDRESS = 'static_resources.listeners.0.address.socket_address.address';

test('over IPv6 too the address dialled wins over the Host header', async ({
  downstream,
  upstreams: { blue, green },
}) => {
  const toBlue = await downstream.get(blue.url6, { headers: { host: 'green' } });
  const toGreen = await downstream.get(green.url6, { headers: { host: 'green' } });
  expect(toBlue.reply.servedBy).toBe('blue');
  expect(toGreen.reply.servedBy).toBe('green');
  expect([toBlue.rules, toGreen.rules]).toEqual([[captured('ipv6')], [captured('ipv6')]]);
});

test('the same listener takes IPv4, by the rule of the other table', async ({ downstream, upstreams: { blue } }) => {
  const { reply, rules } = await downstream.get(blue.url);
  expect(reply.servedBy).toBe('blue');
  expect(reply.header('server')).toBe('envoy');
  expect(rules).toEqual([captured('ipv4')]);
});

test('the upstream is called in the family that was dialled', async ({ downstream, upstreams: { blue } }) => {
  const six = await downstream.get(blue.url6);
  const four = await downstream.get(blue.url);
  expect([six, four].map(({ received }) => received[0]?.local)).toEqual([blue.socketAddress6, blue.socketAddress]);
  expect(six.received[0]?.remote).toMatch(/^\[2001:db8:2::1\]:/);
  expect(four.received[0]?.remote).toMatch(/^198\.51\.100\.1:/);
  const own = [six, four].map(({ accessLog }) => accessLog[0]?.upstream_local_address);
  expect(own).toEqual([six, four].map(({ received }) => received[0]?.remote));
});

test("Envoy's log has an address of either family as it is, and none that is mapped", async ({
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

test("conntrack has one translated entry of IPv6, whose replies come from Envoy's port", async ({
  downstream,
  upstreams: { blue },
}) => {
  const { reply, conntrack } = await downstream.get(blue.url6);
  expect(conntrack.filter(({ nat }) => nat)).toEqual([
    expect.objectContaining({
      original: { source: reply.local, destination: blue.socketAddress6 },
      reply: { source: `[::1]:${PORTS.listener}`, destination: reply.local },
    }),
  ]);
});

test('the rule counts one packet a connection, however many requests it carries', async ({
  downstream,
  upstreams: { blue },
}) => {
  const first = await downstream.get(blue.url6, { connection: 'kept' });
  const second = await downstream.get(blue.url6, { connection: 'kept', last: true });
  expect([first.rules, second.rules]).toEqual([[captured('ipv6')], []]);
});

test('a process that runs as the user of Envoy goes straight to the upstream', async ({
  downstream,
  upstreams: { blue },
}) => {
  const { reply, received, accessLog, rules } = await downstream.get(blue.url6, { uid: ENVOY_UID });
  expect(reply.header('server')).toBe('blue');
  expect(received[0]?.remote).toBe(reply.local);
  expect([accessLog, rules]).toEqual([[], []]);
});

test('a connection to another port is left alone', async ({ downstream, upstreams: { blue } }) => {
  const { reply, accessLog, rules } = await downstream.get(`http://[${blue.address.ipv6}]:81`);
  expect(reply.outcome).toBe('ECONNREFUSED');
  expect([accessLog, rules]).toEqual([[], []]);
});

test('without the rule for IPv6 it goes straight, while IPv4 is captured as before', async ({
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

test(
  'while the dialled upstream is down, Envoy answers 503 UF',
  differs(CHANGES.hiddenFailureReason),
  async ({ downstream, upstreams: { blue }, since }) => {
    await blue.stop();
    const { reply, accessLog } = await downstream.get(blue.url6, { headers: { host: 'green' } });
    expect(reply.outcome).toBe(503);
    expect(reply.body).toBe(connectionRefusedBody(since(CHANGES.hiddenFailureReason)));
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UF', upstream_host: blue.socketAddress6 })]);
  },
);

test('who dials the listener itself makes Envoy call itself, which the guard stops: 503 UF', async ({ downstream }) => {
  const { reply, accessLog, rules } = await downstream.get(`http://[::1]:${PORTS.listener}`);
  expect(reply.outcome).toBe(503);
  expect(accessLog).toEqual([
    expect.objectContaining({ response_flags: 'UF', upstream_host: `[::1]:${PORTS.listener}` }),
  ]);
  expect(rules).toEqual([expect.objectContaining({ family: 'ipv6', comment: RULE.guard, packets: 1 })]);
});

test(
  'SO_ORIGINAL_DST tells of either family what was dialled',
  changesEnvoy,
  async ({ lab, downstream, upstreams: { blue } }) => {
    await lab.stopEnvoy('SIGTERM');
    await lab.serveOriginalDestination();
    const six = await downstream.dial(blue.socketAddress6);
    const four = await downstream.dial(blue.socketAddress);
    expect([six, four].map(({ reply }) => reply.body)).toEqual(['[2001:db8:2::10]:80\n', '198.51.100.10:80\n']);
  },
);

test(
  'a captured connection is refused while Envoy is stopped',
  changesEnvoy,
  async ({ lab, downstream, upstreams: { blue } }) => {
    await lab.stopEnvoy('SIGTERM');
    const { reply, received, rules } = await downstream.get(blue.url6);
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(received).toEqual([]);
    expect(rules).toEqual([captured('ipv6')]);
  },
);

test(
  'without ipv4_compat the listener is of IPv6 alone: captured IPv4 is refused',
  changesEnvoy,
  async ({ lab, downstream, upstreams: { blue } }) => {
    await lab.restartEnvoy({ config: { set: { [IPV4_COMPAT]: false } } });
    const six = await downstream.get(blue.url6);
    const four = await downstream.get(blue.url);
    expect([six, four].map(({ reply }) => reply.outcome)).toEqual([200, 'ECONNREFUSED']);
    expect([six.rules, four.rules]).toEqual([[captured('ipv6')], [captured('ipv4')]]);
  },
);

test(
  'a listener on the IPv4 wildcard leaves captured IPv6 refused',
  changesEnvoy,
  async ({ lab, downstream, upstreams: { blue } }) => {
    await lab.restartEnvoy({ config: { set: { [LISTENER_ADDRESS]: '0.0.0.0' }, delete: [IPV4_COMPAT] } });
    const six = await downstream.get(blue.url6);
    const four = await downstream.get(blue.url);
    expect([six, four].map(({ reply }) => reply.outcome)).toEqual(['ECONNREFUSED', 200]);
  },
);

import { expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import { originalDst, RULE } from './scenario.ts';

const test = chapter(originalDst);

const captured = expect.objectContaining({ chain: 'OUTPUT', comment: RULE.capture, packets: 1 });

test('the address dialled wins over the Host header', async ({ downstream, upstreams: { blue, green } }) => {
  const toBlue = await downstream.get(blue.url, { headers: { host: 'green' } });
  const toGreen = await downstream.get(green.url, { headers: { host: 'green' } });
  expect(toBlue.reply.servedBy).toBe('blue');
  expect(toGreen.reply.servedBy).toBe('green');
  expect([toBlue.rules, toGreen.rules]).toEqual([[captured], [captured]]);
  expect(toBlue.received[0]?.header('host')).toBe('green');
});

test("Envoy's log has the dialled address as the local one", async ({ downstream, upstreams: { blue, green } }) => {
  const toBlue = await downstream.get(blue.url);
  const toGreen = await downstream.get(green.url);
  expect(toBlue.accessLog[0]?.downstream_local_address).toBe('198.51.100.10:80');
  expect(toGreen.accessLog[0]?.downstream_local_address).toBe('198.51.100.20:80');
});

test('the downstream believes that it is connected to the upstream', async ({ downstream, upstreams: { blue } }) => {
  const { reply, accessLog } = await downstream.get(blue.url);
  expect(reply.remote).toBe(blue.socketAddress);
  expect(reply.local).toBe(accessLog[0]?.downstream_remote_address);
  expect(reply.header('server')).toBe('envoy');
});

test('the rule counts one packet a connection, however many requests it carries', async ({
  downstream,
  upstreams: { blue },
}) => {
  const first = await downstream.get(blue.url, { connection: 'kept' });
  const second = await downstream.get(blue.url, { connection: 'kept' });
  const third = await downstream.get(blue.url, { connection: 'kept', last: true });
  expect(first.rules).toEqual([captured]);
  expect([second.rules, third.rules]).toEqual([[], []]);
  expect([first, second, third].map(({ reply }) => reply.local)).toEqual(Array(3).fill(first.reply.local));
});

test('a curl of another user is captured like any other program', async ({ downstream, upstreams: { green } }) => {
  const { reply, received, rules } = await downstream.get(green.url, { program: 'curl', uid: 1001 });
  expect(reply.servedBy).toBe('green');
  expect(received[0]?.header('user-agent')).toMatch(/^curl\//);
  expect(rules).toEqual([captured]);
});

test("conntrack has one translated entry, whose replies come from Envoy's port", async ({
  downstream,
  upstreams: { blue },
}) => {
  const { reply, conntrack } = await downstream.get(blue.url);
  const translated = conntrack.filter(({ nat }) => nat);
  expect(translated).toEqual([
    expect.objectContaining({
      original: { source: reply.local, destination: blue.socketAddress },
      reply: { source: `127.0.0.1:${PORTS.listener}`, destination: reply.local },
    }),
  ]);
});

test("Envoy's own connection is left alone", async ({ downstream, upstreams: { blue } }) => {
  // Sent once before, so that the connection under test is the one that carries this very request.
  const { received, accessLog, conntrack, rules } = await downstream.get(blue.url);
  const own = received[0]?.remote;
  expect(accessLog[0]?.upstream_local_address).toBe(own);
  expect(conntrack.filter(({ original }) => original.source === own)).toEqual([
    expect.objectContaining({ nat: false, original: { source: own, destination: blue.socketAddress } }),
  ]);
  expect(rules).toEqual([captured]);
});

test('a process that runs as the user of Envoy goes straight to the upstream', async ({
  downstream,
  upstreams: { blue },
}) => {
  const { reply, received, accessLog, rules } = await downstream.get(blue.url, { uid: ENVOY_UID });
  expect(reply.header('server')).toBe('blue');
  expect(received[0]?.remote).toBe(reply.local);
  expect(received[0]?.header('x-request-id')).toBeUndefined();
  expect([accessLog, rules]).toEqual([[], []]);
});

test('a connection to another port is left alone', async ({ downstream, upstreams: { blue } }) => {
  const { reply, accessLog, rules } = await downstream.get(`http://${blue.address.ipv4}:81`);
  expect(reply.outcome).toBe('ECONNREFUSED');
  expect([accessLog, rules]).toEqual([[], []]);
});

test('without the rules the downstream meets the upstream itself', async ({
  netfilter,
  downstream,
  upstreams: { blue },
}) => {
  await netfilter.off();
  const { reply, received, accessLog } = await downstream.get(blue.url);
  expect(reply.header('server')).toBe('blue');
  expect(reply.header('x-envoy-upstream-service-time')).toBeUndefined();
  expect(received[0]?.remote).toBe(reply.local);
  expect(accessLog).toEqual([]);
});

test(
  'while the dialled upstream is down, Envoy answers 503 UF',
  differs(CHANGES.hiddenFailureReason),
  async ({ downstream, upstreams: { blue }, since }) => {
    await blue.stop();
    const { reply, received, accessLog } = await downstream.get(blue.url, { headers: { host: 'green' } });
    expect(reply.outcome).toBe(503);
    expect(reply.body).toBe(connectionRefusedBody(since(CHANGES.hiddenFailureReason)));
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: 'UF',
        upstream_host: blue.socketAddress,
        upstream_transport_failure_reason: 'delayed_connect_error:_Connection_refused',
      }),
    ]);
  },
);

test('who dials the listener itself makes Envoy call itself, which the guard stops: 503 UF', async ({
  lab,
  downstream,
}) => {
  const { reply, received, accessLog, rules } = await downstream.get(lab.envoyUrl);
  expect(reply.outcome).toBe(503);
  expect(received).toEqual([]);
  expect(accessLog).toEqual([
    expect.objectContaining({ response_flags: 'UF', upstream_host: `127.0.0.1:${PORTS.listener}` }),
  ]);
  expect(rules).toEqual([expect.objectContaining({ table: 'filter', comment: RULE.guard, packets: 1 })]);
});

test(
  'SO_ORIGINAL_DST tells any program on the port what was dialled',
  changesEnvoy,
  async ({ lab, downstream, upstreams: { blue, green } }) => {
    await lab.stopEnvoy('SIGTERM');
    await lab.serveOriginalDestination();
    const toBlue = await downstream.dial(blue.socketAddress);
    const toGreen = await downstream.dial(green.socketAddress);
    expect(toBlue.reply.body).toBe('198.51.100.10:80\n');
    expect(toGreen.reply.body).toBe('198.51.100.20:80\n');
  },
);

test(
  'a captured connection is refused while Envoy is stopped',
  changesEnvoy,
  async ({ lab, downstream, upstreams: { blue } }) => {
    await lab.stopEnvoy('SIGTERM');
    const { reply, received, rules } = await downstream.get(blue.url);
    expect(reply.outcome).toBe('ECONNREFUSED');
    expect(received).toEqual([]);
    expect(rules).toEqual([captured]);
  },
);

test(
  'a static cluster instead of ORIGINAL_DST sends what was dialled as green to blue',
  changesEnvoy,
  async ({ lab, downstream, upstreams: { blue, green } }) => {
    await lab.restartEnvoy({
      config: {
        set: { 'static_resources.clusters.0.type': 'STATIC', 'static_resources.clusters.0.lb_policy': 'ROUND_ROBIN' },
        add: {
          'static_resources.clusters.0.load_assignment': {
            cluster_name: 'original_destination',
            endpoints: [
              {
                lb_endpoints: [
                  { endpoint: { address: { socket_address: { address: blue.address.ipv4, port_value: 80 } } } },
                ],
              },
            ],
          },
        },
        delete: ['static_resources.clusters.0.cleanup_interval'],
      },
    });
    const { reply } = await downstream.get(green.url);
    expect(reply.servedBy).toBe('blue');
  },
);

test(
  'without the original_dst listener filter Envoy has nowhere to connect to: 503 UH',
  changesEnvoy,
  async ({ lab, downstream, upstreams: { blue } }) => {
    await lab.restartEnvoy({ config: { delete: ['static_resources.listeners.0.listener_filters'] } });
    const { reply, accessLog } = await downstream.get(blue.url);
    expect(reply.outcome).toBe(503);
    expect(reply.body).toBe('no healthy upstream');
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: 'UH',
        downstream_local_address: `127.0.0.1:${PORTS.listener}`,
      }),
    ]);
  },
);

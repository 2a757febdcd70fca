import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import { websocketUpgrade } from './scenario.ts';

const test = chapter(websocketUpgrade);

const ENVOY = `127.0.0.1:${PORTS.listener}`;

describe('routes with and without upgrade_configs', () => {
  test('a WebSocket upgrade on a route without upgrade_configs gets 403; the upstream receives nothing', async ({
    downstream,
  }) => {
    const { reply, received, accessLog, stats } = await downstream.upgrade(`ws://${ENVOY}/plain/chat`, { messages: 1 });
    expect(reply.outcome).toBe(403);
    expect(reply.header('server')).toBe('envoy');
    expect(reply.body).toBe('');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_code: 403, response_code_details: 'upgrade_failed', upstream_host: null }),
    ]);
    expect(stats['http.ingress.downstream_rq_ws_on_non_ws_route']).toBe(1);
    expect(stats['http.ingress.downstream_cx_upgrades_total']).toBeUndefined();
  });

  test('sent directly to the upstream, a WebSocket upgrade of /plain/chat is accepted with 101', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received } = await downstream.upgrade(`ws://${upstream.socketAddress}/plain/chat`, { messages: 1 });
    expect(reply.outcome).toBe(101);
    expect(reply.body).toBe('upstream');
    expect(received).toHaveLength(1);
  });

  test('a request without an upgrade is forwarded on routes with and without upgrade_configs', async ({
    lab,
    downstream,
  }) => {
    const refusing = await downstream.get(`${lab.envoyUrl}/plain/nowhere`);
    const allowing = await downstream.get(lab.envoyUrl);
    expect([refusing, allowing].map(({ reply }) => [reply.outcome, reply.servedBy])).toEqual([
      [404, 'upstream'],
      [200, 'upstream'],
    ]);
  });
});

describe('upgraded connections', () => {
  test('with upgrade_configs, a WebSocket upgrade reaches the upstream, which accepts it with 101', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received, accessLog, stats } = await downstream.upgrade(`ws://${ENVOY}/chat`, { messages: 1 });
    expect(reply.outcome).toBe(101);
    expect(reply.servedBy).toBe('upstream');
    expect(reply.header('upgrade')).toBe('websocket');
    expect(received).toHaveLength(1);
    expect(received[0]?.remote).toBe(accessLog[0]?.upstream_local_address);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 101, upstream_host: upstream.socketAddress })]);
    expect(stats['http.ingress.downstream_cx_upgrades_total']).toBe(1);
    expect(stats['cluster.upstream.upstream_rq_101']).toBe(1);
  });

  test('WebSocket messages pass in both directions, even when the upstream sends first', async ({ downstream }) => {
    const { reply } = await downstream.upgrade(`ws://${ENVOY}/chat`, { send: ['one', 'two', 'ümläut'], messages: 4 });
    expect(reply.body.split('\n')).toEqual(['upstream', 'one', 'two', 'ümläut']);
  });

  test('a binary WebSocket message of 1 MiB is echoed byte for byte through Envoy', async ({
    downstream,
    upstream,
  }) => {
    const options = { payloadBytes: 1_048_576, messages: 2 };
    const direct = await downstream.upgrade(`ws://${upstream.socketAddress}/chat`, options);
    const carried = await downstream.upgrade(`ws://${ENVOY}/chat`, options);
    expect(carried.reply.body).toMatch(/^upstream\n1048576 bytes, SHA-256 [0-9a-f]{64}$/);
    expect(carried.reply.body).toBe(direct.reply.body);
  });

  test('a WebSocket close by either side reaches the other side with its code and reason', async ({ downstream }) => {
    const byDownstream = await downstream.upgrade(`ws://${ENVOY}/chat`, { messages: 1 });
    const byUpstream = await downstream.upgrade(`ws://${ENVOY}/chat`, { send: ['close first'], messages: 2 });
    // The upstream answers the downstream's close with a code of its own, which comes back.
    expect(byDownstream.reply.raw.ended).toEqual({ code: 'closed 1000', message: '' });
    expect(byUpstream.reply.raw.ended).toEqual({ code: 'closed 4000', message: 'upstream closed first' });
  });

  test('the upstream receives the WebSocket handshake headers, plus x-forwarded-proto and x-request-id', async ({
    downstream,
  }) => {
    const { received } = await downstream.upgrade(`ws://${ENVOY}/chat`, {
      headers: { origin: 'http://a' },
      messages: 1,
    });
    const names = ['upgrade', 'connection', 'sec-websocket-version', 'origin', 'x-forwarded-proto'];
    expect(names.map((name) => received[0]?.header(name))).toEqual(['websocket', 'Upgrade', '13', 'http://a', 'http']);
    expect(received[0]?.header('sec-websocket-key')).toMatch(/^[\w+/]{22}==$/);
    expect(received[0]?.header('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('declined and failed upgrades', () => {
  test('a WebSocket upgrade that the upstream declines with 200 gets 200 with an empty body', async ({
    downstream,
    upstream,
  }) => {
    const direct = await downstream.upgrade(`ws://${upstream.socketAddress}/`, { messages: 1 });
    const { reply, received, accessLog } = await downstream.upgrade(`ws://${ENVOY}/`, { messages: 1 });
    expect([direct.reply.outcome, reply.outcome]).toEqual([200, 200]);
    expect(reply.servedBy).toBe('upstream');
    expect(received[0]?.header('upgrade')).toBe('websocket');
    expect(direct.reply.body).toBe('Hello, World!\n');
    expect([reply.body, reply.header('content-length'), reply.header('connection')]).toEqual(['', '0', 'close']);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_code: 200, response_code_details: 'websocket_handshake_unsuccessful' }),
    ]);
  });

  test('a WebSocket upgrade that the upstream declines with 404 gets 404 with its body', async ({ downstream }) => {
    const { reply, received, accessLog } = await downstream.upgrade(`ws://${ENVOY}/nowhere`, { messages: 1 });
    expect(reply.outcome).toBe(404);
    expect(reply.body).toBe('404 page not found\n');
    expect(received[0]?.header('upgrade')).toBe('websocket');
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 404, response_code_details: 'via_upstream' })]);
  });

  test('an upgrade to a protocol other than upgrade_type websocket gets 403', async ({ downstream }) => {
    const { reply, received, accessLog } = await downstream.dial(ENVOY, {
      steps: [
        { send: 'GET /chat HTTP/1.1\r\nHost: upstream\r\nConnection: Upgrade\r\nUpgrade: something\r\n\r\n' },
        { until: '\r\n\r\n' },
        { end: true },
      ],
    });
    expect(reply.body).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ response_code_details: 'upgrade_failed' })]);
  });

  test(
    'with the upstream down, a WebSocket upgrade gets 503 UF, with the reason in the body before 1.38.1',
    differs(CHANGES.hideTransportFailureReason),
    async ({ downstream, upstream, since }) => {
      await upstream.stop();
      const { reply, accessLog } = await downstream.upgrade(`ws://${ENVOY}/chat`, { messages: 1 });
      expect(reply.outcome).toBe(503);
      expect(reply.body).toBe(connectionRefusedBody(since(CHANGES.hideTransportFailureReason)));
      expect(accessLog).toEqual([
        expect.objectContaining({ response_flags: 'UF', upstream_host: upstream.socketAddress }),
      ]);
    },
  );
});

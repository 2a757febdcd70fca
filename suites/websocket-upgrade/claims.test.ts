import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import { response } from '../../helpers/exchange/response.ts';
import type { Script, Step } from '../../helpers/exchange/script.ts';
import { guard } from '../shared/guard.ts';
import { websocketUpgrade } from './scenario.ts';

const test = chapter(websocketUpgrade);

const ENVOY = `127.0.0.1:${PORTS.listener}`;

const SECOND = 'GET /raw/second HTTP/1.1\r\nHost: upstream\r\n\r\n';
/** The bytes of a request for an upgrade, and of what follows it in the same segment. */
function upgrade(path: string, protocol: string, behind = '', headers = ''): { send: string } {
  const head = `GET ${path} HTTP/1.1\r\nHost: upstream\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n`;
  return { send: `${head}${headers}\r\n${behind}` };
}

/** An upstream that declines an upgrade, and resets the connection where the request behind it arrives. */
function resetsAt(declines: Script): Script {
  return [...declines, { until: SECOND }, { reset: true }];
}

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

describe('upgrades to a protocol other than WebSocket', () => {
  const accepted = { send: 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n' };

  for (const [body, title] of [
    ['', 'bytes behind an upgrade to foo reach the upstream before its 101 up to 1.39.0, and after it since 1.39.1'],
    [
      'Content-Length: 7\r\n',
      'the body of an upgrade to foo reaches the upstream before its 101 up to 1.39.0, and after it since',
    ],
  ] as const) {
    test(title, differs(CHANGES.genericUpgradePayload), async ({ downstream, upstream, since }) => {
      const until: Step = { until: 'payload' };
      const send: Step = { send: 'seen' };
      await upstream.answers({
        '/raw/accepted': [since(CHANGES.genericUpgradePayload) ? [accepted, until, send] : [until, accepted, send]],
      });
      const { reply, accessLog } = await downstream.dial(ENVOY, {
        steps: [upgrade('/raw/accepted', 'foo', 'payload', body), { until: 'seen' }, { end: true }],
      });
      expect(reply.body).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n(?:.+\r\n)+\r\nseen$/);
      expect(accessLog).toEqual([expect.objectContaining({ response_code: 101 })]);
    });
  }

  for (const status of [200, 426]) {
    test(
      `a request behind an upgrade that the upstream declines with ${status} reaches it before 1.39.1, and never since`,
      differs(CHANGES.genericUpgradePayload),
      async ({ downstream, upstream, since }) => {
        const declines = response({ status, body: 'no' });
        const isHeld = since(CHANGES.genericUpgradePayload);
        await upstream.answers({ '/raw/declined': [isHeld ? resetsAt(declines) : [{ until: SECOND }, ...declines]] });
        const { reply, connections } = await downstream.dial(ENVOY, {
          steps: [upgrade('/raw/declined', 'foo', SECOND), { until: '\r\n\r\nno' }, { end: true }],
        });
        expect(reply.body.split(' ')[1]).toBe(`${status}`);
        expect(connections).toEqual([expect.objectContaining({ requests: 1, ended: 'end' })]);
      },
    );
  }

  test(
    'with http_pause_generic_upgrade_request_body false, a request behind a declined upgrade reaches the upstream',
    changesEnvoy,
    async ({ lab, downstream, upstream }) => {
      await lab.restartEnvoy(guard('http_pause_generic_upgrade_request_body', false));
      await upstream.answers({ '/raw/declined': [[{ until: SECOND }, ...response({ body: 'no' })]] });
      const { reply } = await downstream.dial(ENVOY, {
        steps: [upgrade('/raw/declined', 'foo', SECOND), { until: '\r\n\r\nno' }, { end: true }],
      });
      expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    },
  );

  test('after a declined upgrade to foo, the next request reaches the upstream on another connection', async ({
    lab,
    downstream,
  }) => {
    const declined = await downstream.dial(ENVOY, {
      steps: [upgrade('/raw/declined', 'foo'), { until: '404 page not found' }, { end: true }],
    });
    const next = await downstream.get(lab.envoyUrl);
    expect([declined.received.length, next.received.length]).toEqual([1, 1]);
    expect(next.received[0]?.remote).not.toBe(declined.received[0]?.remote);
  });

  test('a request behind a WebSocket upgrade that the upstream declines never reaches it', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '/declined': [resetsAt(response({ status: 426, body: 'no' }))] });
    const { connections, accessLog } = await downstream.dial(ENVOY, {
      steps: [upgrade('/declined', 'websocket', SECOND), { until: '\r\n\r\nno' }, { end: true }],
    });
    expect(connections).toEqual([expect.objectContaining({ requests: 1, ended: 'end' })]);
    expect(accessLog).toEqual([expect.objectContaining({ path: '/declined', response_code: 426 })]);
  });

  test('an upgrade to TLS/1.2 on a route for WebSocket gets 403 (upgrade_failed)', async ({ downstream }) => {
    const { reply, received, accessLog } = await downstream.dial(ENVOY, {
      steps: [upgrade('/', 'TLS/1.2'), { until: '\r\n\r\n' }, { end: true }],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ response_code_details: 'upgrade_failed' })]);
  });

  test('an upgrade to h2c is a request without an upgrade: the upstream receives neither Upgrade nor HTTP2-Settings', async ({
    downstream,
  }) => {
    const { reply, received } = await downstream.dial(ENVOY, {
      steps: [
        upgrade('/plain/', 'h2c', '', 'HTTP2-Settings: AAMAAABkAAQAAP__\r\n'),
        { until: '\r\n\r\n' },
        { end: true },
      ],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 404 /);
    const names = ['upgrade', 'http2-settings', 'connection'];
    expect(received.map((request) => names.map((name) => request.header(name)))).toEqual([
      [undefined, undefined, undefined],
    ]);
  });
});

describe('Upgrade in the response to a failed WebSocket upgrade', () => {
  const required = response({
    status: 426,
    headers: [
      ['connection', 'Upgrade'],
      ['upgrade', 'websocket'],
    ],
    body: 'no',
  });
  const declined = { steps: [upgrade('/426', 'websocket'), { until: '\r\n\r\nno' }, { end: true as const }] };

  test('a 426 of the upstream keeps its Upgrade header by default', async ({ downstream, upstream }) => {
    await upstream.answers({ '/426': [required] });
    const { reply } = await downstream.dial(ENVOY, declined);
    expect(reply.body).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n(?:.+\r\n)*upgrade: websocket\r\n/);
  });

  test(
    'strip_upgrade_header_on_failed_websocket_upgrades removes Upgrade from a 426 since 1.39.0, nothing before',
    combined(changesEnvoy, differs(CHANGES.stripsFailedUpgrade)),
    async ({ lab, downstream, upstream, since }) => {
      await lab.restartEnvoy(guard('strip_upgrade_header_on_failed_websocket_upgrades', true));
      await upstream.answers({ '/426': [required] });
      const { reply } = await downstream.dial(ENVOY, declined);
      expect(reply.body).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
      expect(/\r\nupgrade: websocket\r\n/.test(reply.body)).toBe(!since(CHANGES.stripsFailedUpgrade));
    },
  );
});

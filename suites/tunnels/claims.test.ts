import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { filter } from '../../helpers/envoy/select.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import { EARLY_DATA_OPTION, listenerOfFilter, TUNNELS, tunnels } from './scenario.ts';

const test = chapter(tunnels);

const INGRESS = `127.0.0.1:${PORTS.listener}`;
const HTTP2_TUNNEL = `127.0.0.1:${TUNNELS.http2}`;
const HTTP1_TUNNEL = `127.0.0.1:${TUNNELS.http1}`;
const FRONT = `127.0.0.1:${TUNNELS.front}`;
const CUT = 'upstream_reset_after_response_started{connection_termination}';

/** The bytes of a CONNECT, and of what follows it in the same segment. */
function connect(authority: string, early = ''): { send: string } {
  return { send: `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n${early}` };
}

/** A response of an upstream that ends its connection once the client has it. */
function lateEnd(body: string, end: Script[number] = { end: true }): Script {
  return [{ until: 'go' }, { send: body }, { wait: 'received' }, end];
}

/** A client that reads a body of so many bytes. */
function reads(bytes: number): Script {
  return [{ send: 'go' }, { untilBytes: bytes }, { signal: 'received' }];
}

/** The access log of a tunnel: of the TCP proxy that opens it, and of the listener that terminates it. */
function tunnelLog(opened: object, terminated: object): unknown {
  return expect.arrayContaining([
    expect.objectContaining({ method: 'CONNECT', authority: 'bytes:5000', response_code: 200, ...terminated }),
    expect.not.objectContaining({ method: 'CONNECT' }),
    expect.objectContaining(opened),
  ]);
}

describe('tunneling_config over HTTP/2', () => {
  for (const size of [100, 300_000]) {
    test(
      `a response of ${size.toLocaleString('en')} bytes arrives whole; its end is an RST with UR in 1.38 and FIN in all other versions`,
      differs(CHANGES.tunnelEndNotReset),
      async ({ downstream, upstreams: { bytes }, since }) => {
        const body = 'x'.repeat(size);
        await bytes.plays(lateEnd(body));
        const { reply, accessLog } = await downstream.dial(HTTP2_TUNNEL, { steps: reads(size) });
        const isEnd = since(CHANGES.tunnelEndNotReset);
        expect(reply.body === body).toBe(true);
        expect(reply.outcome).toBe(isEnd ? 'closed' : 'ECONNRESET');
        expect(accessLog).toEqual(
          tunnelLog(
            { upstream_cluster: 'ingress-http2', response_flags: isEnd ? '-' : 'UR', bytes_sent: size },
            { protocol: 'HTTP/2', response_flags: '-' },
          ),
        );
      },
    );
  }

  test(
    'an upstream that responds and ends at once: the TCP proxy of the tunnel logs UR in 1.38, nothing in other versions',
    differs(CHANGES.tunnelEndNotReset),
    async ({ lab, downstream, upstreams: { bytes }, since }) => {
      await bytes.plays([{ until: 'go' }, { send: 'response' }, { signal: 'sent' }, { end: true }]);
      const isEnd = since(CHANGES.tunnelEndNotReset);
      // Whether 1.38 delivers the response is a race, which a client that reads would see.
      const { reply, accessLog } = await downstream.dial(HTTP2_TUNNEL, {
        steps: [{ read: false }, { send: 'go' }, { wait: 'closed' }, isEnd ? { reset: true } : { untilEnd: true }],
        meanwhile: async (signals) => {
          await signals.raised('sent');
          await lab.envoy.waitFor('/stats?filter=^cluster.ingress-http2.upstream_cx_active$', ': 0');
          await signals.raise('closed');
        },
      });
      expect(reply.outcome).toBe(isEnd ? 'reset' : 'ECONNRESET');
      const response_flags = isEnd ? '-' : 'UR';
      expect(accessLog).toEqual(tunnelLog({ upstream_cluster: 'ingress-http2', response_flags }, {}));
    },
  );

  test('an HTTP proxy in front of a tunnel passes on a response with connection: close that ends later', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 8\r\n\r\n';
    await bytes.plays([{ until: '\r\n\r\n' }, { send: `${head}response` }, { wait: 'received' }, { end: true }]);
    const { reply, accessLog } = await downstream.dial(FRONT, {
      steps: [
        ...[{ send: 'GET / HTTP/1.1\r\nHost: h\r\n\r\n' }, { until: 'response' }],
        ...[{ signal: 'received' }, { end: true as const }],
      ],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\nresponse$/);
    expect(accessLog).toContainEqual(
      expect.objectContaining({ method: 'GET', response_code: 200, upstream_cluster: 'tunnel-http2' }),
    );
  });

  test('an RST of the upstream never passes a tunnel: the client receives all bytes and the end of the stream', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays(lateEnd('response', { reset: true }));
    const { reply, accessLog } = await downstream.dial(HTTP2_TUNNEL, { steps: reads(8) });
    expect([reply.body, reply.outcome]).toEqual(['response', 'closed']);
    expect(accessLog).toEqual(
      tunnelLog(
        { upstream_cluster: 'ingress-http2', response_flags: '-' },
        { response_flags: 'UC', response_code_details: CUT },
      ),
    );
  });

  test("an RST of the client is the upstream's end of the stream behind a tunnel, in all versions", async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays([{ until: 'go' }, { signal: 'received' }, { untilEnd: true }]);
    const { streams, accessLog } = await downstream.dial(HTTP2_TUNNEL, {
      steps: [{ send: 'go' }, { wait: 'received' }, { reset: true }],
    });
    expect(streams).toEqual([expect.objectContaining({ bytes: 2, ended: 'end' })]);
    expect(accessLog).toEqual(
      tunnelLog(
        { upstream_cluster: 'ingress-http2', response_flags: '-' },
        { response_flags: 'DC', response_code_details: 'downstream_remote_disconnect' },
      ),
    );
  });

  test('an HTTP/2 tunnel passes on the half-close of the client: the upstream still sends, and both ends close', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays([{ untilEnd: true }, { send: 'after your end' }, { end: true }]);
    const { reply, streams } = await downstream.dial(HTTP2_TUNNEL, { steps: [{ send: 'my end' }, { end: true }] });
    expect([reply.body, reply.outcome]).toEqual(['after your end', 'closed']);
    expect(streams).toEqual([expect.objectContaining({ bytes: 6, ended: 'end' })]);
  });

  test('with the upstream down, the terminating listener returns 503 UF and the tunnel closes without a byte', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.stop();
    const { reply, accessLog } = await downstream.dial(HTTP2_TUNNEL);
    expect(reply.body).toBe('');
    expect(accessLog).toContainEqual(
      expect.objectContaining({
        method: 'CONNECT',
        response_code: 503,
        response_flags: 'UF',
        upstream_cluster: 'bytes',
      }),
    );
  });
});

describe('tunneling_config over HTTP/1.1', () => {
  for (const [by, end, terminated] of [
    ['end', { end: true }, { response_flags: '-' }],
    ['RST', { reset: true }, { response_flags: 'UC', response_code_details: CUT }],
  ] as const) {
    test(`all bytes before an upstream's ${by} arrive through an HTTP/1.1 tunnel, but the client sees no end`, async ({
      downstream,
      upstreams: { bytes },
    }) => {
      await bytes.plays(lateEnd('response', end));
      const { reply, accessLog } = await downstream.dial(HTTP1_TUNNEL, {
        steps: reads(8),
        timeoutMs: TIMEOUTS.silenceMs,
      });
      expect([reply.body, reply.outcome]).toEqual(['response', 'timeout']);
      expect(accessLog).toEqual(
        tunnelLog({ upstream_cluster: 'ingress-http1', response_flags: '-' }, { protocol: 'HTTP/1.1', ...terminated }),
      );
    });
  }
});

describe('CONNECT of a client over HTTP/1.1', () => {
  test('bytes in the segment of a CONNECT reach the upstream before the client has its 200', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays([{ until: 'early' }, { send: 'response' }]);
    const { reply, streams, accessLog } = await downstream.dial(INGRESS, {
      steps: [connect('bytes:5000', 'early'), { until: 'response' }, { end: true }],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\nresponse$/);
    expect(streams).toEqual([expect.objectContaining({ bytes: 5 })]);
    expect(accessLog).toEqual([expect.objectContaining({ method: 'CONNECT', response_code: 200 })]);
  });

  test(
    'reject_connect_request_early_data is unknown before 1.37.0; since, a CONNECT with early bytes gets 400',
    combined(changesEnvoy, differs(CHANGES.connectEarlyDataOption)),
    async ({ lab, downstream, since }) => {
      const config = {
        at: filter('envoy.filters.http.router', listenerOfFilter),
        add: { [`typed_config.${EARLY_DATA_OPTION}`]: true },
      };
      if (!since(CHANGES.connectEarlyDataOption)) {
        const { log } = await lab.envoyExit({ config });
        // Protobuf adds spaces at random.
        expect(log.replaceAll(/\s+/g, ' ')).toContain(`no such field: '${EARLY_DATA_OPTION}'`);
        return;
      }
      await lab.restartEnvoy({ config });
      const early = 'GET / HTTP/1.1\r\nHost: upstream\r\n\r\n';
      const { reply, received, accessLog } = await downstream.dial(INGRESS, {
        steps: [connect('upstream:5000', early), { until: '\r\n\r\n' }, { end: true }],
      });
      expect([reply.body.split('\r\n')[0], received]).toEqual(['HTTP/1.1 400 Bad Request', []]);
      expect(accessLog).toEqual([
        expect.objectContaining({ response_code: 400, response_code_details: 'early_connect_data' }),
      ]);
    },
  );

  test('a greeting of the upstream reaches the client behind the 200 of its CONNECT', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays([{ send: 'hello' }, { until: 'thanks' }, { signal: 'thanked' }]);
    const { reply } = await downstream.dial(INGRESS, {
      steps: [connect('bytes:5000'), { until: 'hello' }, { send: 'thanks' }, { wait: 'thanked' }, { end: true }],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\nhello$/);
  });

  test("all of 3,000 bytes before an upstream's RST reach the client of a CONNECT, their end too", async ({
    downstream,
    upstreams: { bytes },
  }) => {
    const body = `${'x'.repeat(2_997)}end`;
    await bytes.plays([{ until: 'go' }, { send: body }, { wait: 'received' }, { reset: true }]);
    const { reply, streams } = await downstream.dial(INGRESS, {
      steps: [
        ...[connect('bytes:5000'), { until: '\r\n\r\n' }, { send: 'go' }],
        ...[{ until: 'end' }, { signal: 'received' }, { end: true as const }],
      ],
    });
    expect(reply.body.endsWith(`\r\n\r\n${body}`)).toBe(true);
    expect(streams).toEqual([expect.objectContaining({ bytes: 2 })]);
  });

  test('a CONNECT on a route without connect_config is forwarded to the upstream, as to a proxy', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ 'forwarded:5000': [[{ send: 'HTTP/1.1 200 OK\r\n\r\nhello' }, { until: 'thanks' }]] });
    const { reply, received, accessLog } = await downstream.dial(INGRESS, {
      steps: [connect('forwarded:5000'), { until: 'hello' }, { send: 'thanks' }, { end: true }],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\nhello$/);
    expect(received.map(({ raw, path }) => [raw.method, path])).toEqual([['CONNECT', 'forwarded:5000']]);
    expect(accessLog).toEqual([expect.objectContaining({ method: 'CONNECT', response_code: 200 })]);
  });

  test('a forwarded CONNECT that the upstream refuses with 403 is refused with 403', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({
      'forwarded:5000': [[{ send: 'HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno' }]],
    });
    const { reply, accessLog } = await downstream.dial(INGRESS, {
      steps: [connect('forwarded:5000'), { until: '\r\n\r\n' }, { end: true }],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 403, response_code_details: 'via_upstream' })]);
  });

  test('an HTTP request through a terminated CONNECT reaches the upstream unchanged', async ({ downstream }) => {
    const request = 'GET /a HTTP/1.1\r\nHost: anything\r\nX-Mixed-Case: Kept\r\n\r\n';
    const { reply, received } = await downstream.dial(INGRESS, {
      steps: [connect('upstream:5000'), { until: '\r\n\r\n' }, { send: request }, { until: '\r\n\r\n' }, { end: true }],
    });
    expect(reply.body).toMatch(/\r\n\r\nHTTP\/1\.1 404 /);
    expect(received.map(({ raw }) => raw.headers)).toEqual([
      [
        ['Host', 'anything'],
        ['X-Mixed-Case', 'Kept'],
      ],
    ]);
  });
});

describe('CONNECT of a client over HTTP/2', () => {
  /** Opens a tunnel, and then plays the steps. */
  const inTunnel = (...steps: Script): Script => [
    { untilFrame: { type: 'SETTINGS' } },
    {
      frames: [
        {
          type: 'HEADERS',
          headers: [
            [':method', 'CONNECT'],
            [':authority', 'bytes:5000'],
          ],
        },
      ],
    },
    { untilFrame: { type: 'HEADERS' } },
    ...steps,
  ];
  const GO = { frames: [{ type: 'DATA', data: 'go' }] } satisfies Script[number];

  test("the upstream's end of the stream is END_STREAM of the tunnel, then RST_STREAM(NO_ERROR)", async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays(lateEnd('response'));
    const { reply } = await downstream.dial(INGRESS, {
      steps: inTunnel(
        GO,
        { untilFrame: { type: 'DATA' } },
        { signal: 'received' },
        { untilFrame: { type: 'RST_STREAM' } },
      ),
    });
    expect(reply.body).toBe('response');
    expect(reply.frames.slice(-2)).toEqual([
      expect.objectContaining({ type: 'DATA', data: '', endStream: true }),
      expect.objectContaining({ type: 'RST_STREAM', code: 'NO_ERROR' }),
    ]);
  });

  test("an upstream's RST is RST_STREAM(CONNECT_ERROR) of the tunnel, after its bytes", async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays(lateEnd('response', { reset: true }));
    const { reply, accessLog } = await downstream.dial(INGRESS, {
      steps: inTunnel(
        GO,
        { untilFrame: { type: 'DATA' } },
        { signal: 'received' },
        { untilFrame: { type: 'RST_STREAM' } },
      ),
    });
    expect(reply.body).toBe('response');
    expect(reply.frames.at(-1)).toMatchObject({ type: 'RST_STREAM', code: 'CONNECT_ERROR' });
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UC', response_code_details: CUT })]);
  });

  test('END_STREAM of the client is the end of the stream for the upstream, which still sends', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays([{ untilEnd: true }, { send: 'after your end' }, { end: true }]);
    const { reply, streams } = await downstream.dial(INGRESS, {
      steps: inTunnel({ frames: [{ type: 'DATA', data: 'my end', endStream: true }] }),
    });
    expect(reply.body).toBe('after your end');
    expect(streams).toEqual([expect.objectContaining({ bytes: 6, ended: 'end' })]);
  });

  test("RST_STREAM of the client is the upstream's end of the stream: DR http2.remote_reset", async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays([{ until: 'go' }, { signal: 'received' }, { untilEnd: true }]);
    const { streams, accessLog } = await downstream.dial(INGRESS, {
      steps: inTunnel(GO, { wait: 'received' }, { frames: [{ type: 'RST_STREAM', code: 'CANCEL' }] }),
    });
    expect(streams).toEqual([expect.objectContaining({ bytes: 2, ended: 'end' })]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'DR', response_code_details: 'http2.remote_reset' }),
    ]);
  });
});

import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { Frame } from '../../helpers/exchange/http2/frame.ts';
import { grpcRequest, grpcResponse, grpcTrailersOnly } from '../../helpers/exchange/http2/grpc.ts';
import { recordedFrames } from '../../helpers/exchange/http2/recorded-frames.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import { guard } from '../shared/guard.ts';
import { END, GET, OK, ofStream, request, reset } from '../shared/http2-upstream/frames.ts';
import { http2Upstream } from './scenario.ts';

const test = chapter(http2Upstream);

const LISTENER = `127.0.0.1:${PORTS.listener}`;

/** Ends a connection after its present streams. */
const GOAWAY: Frame = { type: 'GOAWAY', code: 'NO_ERROR', lastStream: 2 ** 31 - 1 };

describe('requests', () => {
  test('an HTTP/1.1 request reaches the upstream in HTTP/2, with pseudo headers first and without connection', async ({
    lab,
    downstream,
  }) => {
    const { reply, received, accessLog } = await downstream.get(lab.envoyUrl, { headers: { 'x-a': 'b' } });
    expect(reply.outcome).toBe(200);
    expect(received).toHaveLength(1);
    expect(received[0]?.raw.httpVersion).toBe('2.0');
    expect(received[0]?.raw.headers.slice(0, 4)).toEqual([
      [':authority', LISTENER],
      [':path', '/'],
      [':method', 'GET'],
      [':scheme', 'http'],
    ]);
    expect(['x-a', 'connection', 'host'].map((name) => received[0]?.header(name))).toEqual(['b', undefined, undefined]);
    expect(accessLog).toEqual([expect.objectContaining({ protocol: 'HTTP/1.1', response_code: 200 })]);
  });

  test('a request body of HTTP/1.1 reaches the upstream as DATA that ends the stream', async ({ lab, downstream }) => {
    const { reply, received } = await downstream.post(lab.envoyUrl, { body: 'hello' });
    expect(reply.outcome).toBe(200);
    expect(recordedFrames(received[0]?.frames ?? [])).toEqual([
      { type: 'DATA', stream: expect.any(Number), data: 'hello', endStream: true },
    ]);
  });
});

describe('trailers and early responses', () => {
  const TRAILERS: Frame = { type: 'HEADERS', headers: [['x-trailer', 'a']], endStream: true };

  test('trailers of an HTTP/2 request reach the upstream in HTTP/2', async ({ downstream }) => {
    const { received } = await downstream.dial(LISTENER, {
      steps: [{ frames: [request('POST'), { type: 'DATA', data: 'hi' }, { ...TRAILERS, stream: 1 }] }],
    });
    expect(recordedFrames(received[0]?.frames ?? [])).toMatchObject([
      { type: 'DATA', data: 'hi' },
      { type: 'HEADERS', headers: [['x-trailer', 'a']], endStream: true },
    ]);
  });

  test('trailers of a response without gRPC reach an HTTP/2 client', async ({ downstream, upstream }) => {
    await upstream.answers({ '*': [[{ frames: [OK, { type: 'DATA', data: 'hi' }, TRAILERS] }]] });
    const { reply } = await downstream.dial(LISTENER, { steps: [{ frames: [GET] }] });
    expect(ofStream(reply.frames).slice(1)).toEqual([
      { type: 'DATA', stream: 1, data: 'hi' },
      { type: 'HEADERS', stream: 1, headers: [['x-trailer', 'a']], endStream: true },
    ]);
  });

  test('an HTTP/1.1 client does not get the trailers of an HTTP/2 response', async ({ downstream, upstream }) => {
    await upstream.answers({ '*': [[{ frames: [OK, { type: 'DATA', data: 'hi' }, TRAILERS] }]] });
    const { reply } = await downstream.dial(LISTENER, {
      steps: [{ send: 'GET / HTTP/1.1\r\nHost: h\r\n\r\n' }, { until: '\r\n0\r\n' }, { end: true }],
    });
    expect(reply.body).toMatch(/\r\nhi\r\n0\r\n\r\n$/);
  });

  test('103 before the response does not reach an HTTP/2 client', async ({ downstream, upstream }) => {
    const hints: Frame = { type: 'HEADERS', headers: [[':status', '103']] };
    await upstream.answers({ '*': [[{ frames: [hints, OK, END] }]] });
    const { reply } = await downstream.dial(LISTENER, { steps: [{ frames: [GET] }] });
    expect(ofStream(reply.frames).map(({ type }) => type)).toEqual(['HEADERS', 'DATA']);
  });

  test('a response before the body of the request reaches the client at once; Envoy then resets with NO_ERROR', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '*': [[{ frames: [{ ...OK, headers: [[':status', '413']], endStream: true }] }]] });
    const { reply, accessLog } = await downstream.dial(LISTENER, {
      steps: [{ frames: [request('POST'), { type: 'DATA', data: 'part' }] }],
    });
    expect(reply.outcome).toBe(413);
    expect(ofStream(reply.frames).at(-1)).toEqual({ type: 'RST_STREAM', stream: 1, code: 'NO_ERROR' });
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 413, response_flags: '-' })]);
  });
});

describe('TLS to the upstream', () => {
  test('explicit HTTP/2 over TLS offers h2 in ALPN, and the upstream receives HTTP/2', async ({ lab, downstream }) => {
    const { reply, received } = await downstream.get(`${lab.envoyUrl}/tls/`);
    expect(reply.outcome).toBe(404);
    expect(received[0]?.raw.httpVersion).toBe('2.0');
    expect(received[0]?.raw.tls?.alpn).toBe('h2');
  });

  test('auto_config offers h2 and http/1.1; an upstream that prefers http/1.1 receives HTTP/1.1', async ({
    lab,
    downstream,
  }) => {
    const { reply, received } = await downstream.get(`${lab.envoyUrl}/negotiated/`);
    expect(reply.outcome).toBe(404);
    expect(received[0]?.raw.httpVersion).toBe('1.1');
    expect(received[0]?.raw.tls?.alpn).toBe('http/1.1');
  });
});

describe('GOAWAY and settings', () => {
  test('after GOAWAY of the upstream the response arrives; the next request uses a new connection', async ({
    lab,
    downstream,
    upstream,
  }) => {
    await upstream.answers({
      '/last': [[{ frames: [OK, END, GOAWAY] }]],
    });
    const last = await downstream.get(`${lab.envoyUrl}/last`);
    const next = await downstream.get(lab.envoyUrl);
    expect([last, next].map(({ reply }) => reply.outcome)).toEqual([200, 200]);
    expect(last.stats['cluster.upstream.upstream_cx_close_notify']).toBe(1);
    expect(next.received[0]?.remote).not.toBe(last.received[0]?.remote);
    expect(next.stats['cluster.upstream.upstream_cx_total']).toBe(1);
  });

  test('GOAWAY with a last stream before the request is a 503 UR remote_refused_stream_reset', async ({
    lab,
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '*': [[{ frames: [{ type: 'GOAWAY', code: 'NO_ERROR', lastStream: 0 }] }]] });
    const { reply, accessLog } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(503);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: 'UR',
        response_code_details: 'upstream_reset_before_response_started{remote_refused_stream_reset}',
      }),
    ]);
  });

  test('GOAWAY with a last stream before the request and retry_on refused-stream: the retry uses a new connection', async ({
    lab,
    downstream,
    upstream,
  }) => {
    await upstream.answers({
      '/refused/': [[{ frames: [{ type: 'GOAWAY', code: 'NO_ERROR', lastStream: 0 }] }], [{ frames: [OK, END] }]],
    });
    const { reply, received, stats } = await downstream.get(`${lab.envoyUrl}/refused/`);
    expect(reply.outcome).toBe(200);
    expect(new Set(received.map(({ remote }) => remote)).size).toBe(2);
    expect(stats['cluster.upstream.upstream_rq_retry_success']).toBe(1);
  });

  test('GOAWAY within a response lets the response end; the log has via_upstream', async ({ downstream, upstream }) => {
    await upstream.answers({
      '*': [
        [
          { frames: [OK, { type: 'DATA', data: 'part' }, GOAWAY] },
          { wait: 'part received' },
          { frames: [{ type: 'DATA', data: 'rest', endStream: true }] },
        ],
      ],
    });
    const { reply, accessLog } = await downstream.dial(LISTENER, {
      steps: [{ frames: [GET] }, { untilFrame: { type: 'DATA', data: 'part' } }, { signal: 'part received' }],
    });
    expect(reply.body).toBe('partrest');
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: '-', response_code_details: 'via_upstream' }),
    ]);
  });

  test('the upstream receives the settings of Envoy: no push, 1,024 streams and windows of 16 MiB', async ({
    lab,
    downstream,
  }) => {
    const { received } = await downstream.get(`${lab.envoyUrl}/tls/`);
    expect(received[0]?.settings).toMatchObject({
      ...{ ENABLE_PUSH: 0, MAX_CONCURRENT_STREAMS: 1024, INITIAL_WINDOW_SIZE: 16 * 1024 * 1024 },
    });
  });

  test('MAX_CONCURRENT_STREAMS of 1: a second concurrent request opens a second connection', async ({
    lab,
    downstream,
    upstream,
  }) => {
    await upstream.answers({
      '/limit': [[{ frames: [{ type: 'SETTINGS', settings: { MAX_CONCURRENT_STREAMS: 1 } }, OK, END] }]],
      '/both': [
        // Without GOAWAY, Envoy would keep two connections for other claims.
        [{ wait: 'second request' }, { frames: [OK, END, GOAWAY] }],
        [{ signal: 'second request' }, { frames: [OK, END, GOAWAY] }],
      ],
    });
    await downstream.get(`${lab.envoyUrl}/limit`);
    const urls = Array<string>(2).fill(`${lab.envoyUrl}/both`);
    const { replies, received } = await downstream.getAll(urls);
    expect(replies.map(({ outcome }) => outcome)).toEqual([200, 200]);
    expect(new Set(received.map(({ remote }) => remote)).size).toBe(2);
  });
});

describe('gRPC', () => {
  const call = grpcRequest({ path: '/', messages: ['question'] });

  test('a gRPC status in trailers reaches the downstream after the message, in trailers', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '*': [[{ frames: grpcResponse({ messages: ['answer'], status: 5, message: 'gone' }) }]] });
    const { reply, received, accessLog } = await downstream.dial(LISTENER, { steps: [{ frames: call }] });
    expect(received[0]?.header('te')).toBe('trailers');
    expect(received[0]?.frames).toMatchObject([{ type: 'DATA', data: '\0\0\0\0\bquestion', endStream: true }]);
    expect(ofStream(reply.frames).slice(1)).toEqual([
      { type: 'DATA', stream: 1, data: '\0\0\0\0\u0006answer' },
      {
        type: 'HEADERS',
        stream: 1,
        headers: [
          ['grpc-status', '5'],
          ['grpc-message', 'gone'],
        ],
        endStream: true,
      },
    ]);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 200 })]);
  });

  test('a trailers-only gRPC response reaches the downstream as one HEADERS frame', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '*': [[{ frames: grpcTrailersOnly({ status: 7, message: 'no' }) }]] });
    const { reply } = await downstream.dial(LISTENER, { steps: [{ frames: call }] });
    expect(ofStream(reply.frames)).toMatchObject([{ type: 'HEADERS', endStream: true }]);
    expect([reply.outcome, reply.header('grpc-status'), reply.header('grpc-message')]).toEqual([200, '7', 'no']);
  });

  test('RST_STREAM(REFUSED_STREAM) of a gRPC upstream is 200 with grpc-status 14, UNAVAILABLE', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '*': [[{ frames: [reset('REFUSED_STREAM')] }]] });
    const { reply, accessLog } = await downstream.dial(LISTENER, { steps: [{ frames: call }] });
    expect([reply.outcome, reply.header('grpc-status')]).toEqual([200, '14']);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 200, response_flags: 'UR' })]);
  });

  test('RST_STREAM(NO_ERROR) before headers of a gRPC upstream is 200 with grpc-status 14, UNAVAILABLE', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '*': [[{ frames: [reset('NO_ERROR')] }]] });
    const { reply } = await downstream.dial(LISTENER, { steps: [{ frames: call }] });
    expect([reply.outcome, reply.header('grpc-status')]).toEqual([200, '14']);
  });

  test(
    'RST_STREAM(INTERNAL_ERROR) after a gRPC message: the client gets INTERNAL_ERROR and no status, NO_ERROR up to 1.36',
    differs(CHANGES.resetsWithError),
    async ({ downstream, upstream, since }) => {
      const [headers, message] = grpcResponse({ messages: ['answer'] });
      await upstream.answers({
        '*': [
          [
            { frames: [headers, message].flatMap((frame) => frame ?? []) },
            { wait: 'message received' },
            { frames: [reset('INTERNAL_ERROR')] },
          ],
        ],
      });
      const { reply } = await downstream.dial(LISTENER, {
        steps: [{ frames: call }, { untilFrame: { type: 'DATA', data: 'answer' } }, { signal: 'message received' }],
      });
      const code = since(CHANGES.resetsWithError) ? 'INTERNAL_ERROR' : 'NO_ERROR';
      expect(ofStream(reply.frames).slice(2)).toEqual([{ type: 'RST_STREAM', stream: 1, code }]);
    },
  );

  test('gRPC requests that Envoy answers itself are 200, with a grpc-status for their HTTP status', async ({
    downstream,
  }) => {
    const expected = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 500: 2, 503: 14 };
    const frames = Object.keys(expected).flatMap((status) => grpcRequest({ path: `/${status}` }));
    const { reply, accessLog } = await downstream.dial(LISTENER, { steps: [{ frames }] });
    const statuses = recordedFrames(reply.frames).flatMap((frame) =>
      frame.type === 'HEADERS' ? [Object.fromEntries(frame.headers)] : [],
    );
    expect(statuses.map((headers) => headers[':status'])).toEqual(statuses.map(() => '200'));
    expect(statuses.map((headers) => Number(headers['grpc-status']))).toEqual(Object.values(expected));
    expect(accessLog.map(({ response_code }) => response_code)).toEqual(statuses.map(() => 200));
  });

  const SLOW = grpcRequest({ path: '/timeout/' });
  const NEVER: Script = [{ untilFrame: { type: 'RST_STREAM' } }];

  test('a gRPC request beyond the route timeout is 200 UT with grpc-status 14, UNAVAILABLE', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '/timeout/': [NEVER] });
    const { reply, accessLog } = await downstream.dial(LISTENER, { steps: [{ frames: SLOW }] });
    expect([reply.outcome, reply.header('grpc-status')]).toEqual([200, '14']);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 200, response_flags: 'UT' })]);
  });

  test(
    'with grpc_timeout_returns_deadline_exceeded, a route timeout is grpc-status 14 up to 1.37 and 4 since 1.38.0',
    combined(changesEnvoy, differs(CHANGES.deadlineExceeded)),
    async ({ lab, downstream, upstream, since }) => {
      await lab.restartEnvoy(guard('grpc_timeout_returns_deadline_exceeded', true));
      await upstream.answers({ '/timeout/': [NEVER] });
      const { reply, accessLog } = await downstream.dial(LISTENER, { steps: [{ frames: SLOW }] });
      expect([reply.outcome, reply.header('grpc-status')]).toEqual([200, since(CHANGES.deadlineExceeded) ? '4' : '14']);
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UT' })]);
    },
  );
});

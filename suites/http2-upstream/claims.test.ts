import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, listener } from '../../helpers/envoy/select.ts';
import type { ErrorCode, Frame, ReceivedFrame } from '../../helpers/exchange/http2/frame.ts';
import { grpcRequest, grpcResponse, grpcTrailersOnly } from '../../helpers/exchange/http2/grpc.ts';
import { recordedFrames } from '../../helpers/exchange/http2/recorded-frames.ts';
import { http2Upstream } from './scenario.ts';

const test = chapter(http2Upstream);

const LISTENER = `127.0.0.1:${PORTS.listener}`;

const request = (method: string, { endStream }: { endStream?: true } = {}): Frame => ({
  type: 'HEADERS',
  headers: [
    [':method', method],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'front.test'],
  ],
  ...(endStream && { endStream }),
});
const GET = request('GET', { endStream: true });
const OK: Frame = { type: 'HEADERS', headers: [[':status', '200']] };
const END: Frame = { type: 'DATA', data: '', endStream: true };
/** Ends a connection after its present streams. */
const GOAWAY: Frame = { type: 'GOAWAY', code: 'NO_ERROR', lastStream: 2 ** 31 - 1 };
/** A response that is larger than a window. */
const BYTES = 400_000;
const reset = (code: ErrorCode): Frame => ({ type: 'RST_STREAM', code });

/** The frames of the downstream's stream. */
const ofStream = (frames: readonly ReceivedFrame[]): ReceivedFrame[] =>
  recordedFrames(frames).filter(({ stream }) => stream === 1);

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

describe('resets of the upstream before its headers', () => {
  test(
    'RST_STREAM(PROTOCOL_ERROR) before headers: 503 UR remote_reset up to 1.36, 502 UPE protocol_error since 1.37.0',
    differs(CHANGES.resetsWithError),
    async ({ lab, downstream, upstream, since }) => {
      await upstream.answers({ '*': [[{ frames: [reset('PROTOCOL_ERROR')] }]] });
      const { reply, accessLog, stats } = await downstream.get(lab.envoyUrl);
      const isError = since(CHANGES.resetsWithError);
      expect(reply.outcome).toBe(isError ? 502 : 503);
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_flags: isError ? 'UPE' : 'UR',
          response_code_details: `upstream_reset_before_response_started{${isError ? 'protocol_error' : 'remote_reset'}}`,
        }),
      ]);
      expect(stats['cluster.upstream.upstream_rq_rx_reset']).toBe(isError ? undefined : 1);
    },
  );

  for (const [code, details] of [
    ['REFUSED_STREAM', 'remote_refused_stream_reset'],
    ['NO_ERROR', 'remote_reset'],
    ['INTERNAL_ERROR', 'remote_reset'],
  ] as const) {
    test(`RST_STREAM(${code}) before headers is a 503 UR ${details}`, async ({ lab, downstream, upstream }) => {
      await upstream.answers({ '*': [[{ frames: [reset(code)] }]] });
      const { reply, accessLog } = await downstream.get(lab.envoyUrl);
      expect(reply.outcome).toBe(503);
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_flags: 'UR',
          response_code_details: `upstream_reset_before_response_started{${details}}`,
        }),
      ]);
    });
  }
});

describe('resets within a response', () => {
  for (const [code, flags, details] of [
    ['INTERNAL_ERROR', ['UR', 'UR'], ['remote_reset', 'remote_reset']],
    ['PROTOCOL_ERROR', ['UR', 'UPE'], ['remote_reset', 'protocol_error']],
  ] as const) {
    test(
      `RST_STREAM(${code}) within the body: the downstream gets the data, then INTERNAL_ERROR, NO_ERROR up to 1.36`,
      differs(CHANGES.resetsWithError),
      async ({ downstream, upstream, since }) => {
        await upstream.answers({
          '*': [
            [{ frames: [OK, { type: 'DATA', data: 'part' }] }, { wait: 'part received' }, { frames: [reset(code)] }],
          ],
        });
        const { reply, accessLog } = await downstream.dial(LISTENER, {
          steps: [{ frames: [GET] }, { untilFrame: { type: 'DATA', data: 'part' } }, { signal: 'part received' }],
        });
        const at = since(CHANGES.resetsWithError) ? 1 : 0;
        expect(reply.outcome).toBe(200);
        expect(reply.body).toBe('part');
        expect(ofStream(reply.frames).at(-1)).toEqual({
          ...{ type: 'RST_STREAM', stream: 1 },
          code: ['NO_ERROR', 'INTERNAL_ERROR'][at],
        });
        expect(accessLog).toEqual([
          expect.objectContaining({
            response_code: 200,
            response_flags: flags[at],
            response_code_details: `upstream_reset_after_response_started{${details[at]}}`,
          }),
        ]);
      },
    );
  }

  test(
    'RST_STREAM(NO_ERROR) after a response larger than the window: cut at 65,535 bytes up to 1.38, whole since 1.39.0',
    differs(CHANGES.resetsWithError, CHANGES.resetAfterResponse),
    async ({ downstream, upstream, since }) => {
      await upstream.answers({
        '*': [
          [
            { frames: [OK, { type: 'DATA', data: 'x'.repeat(BYTES), endStream: true }, reset('NO_ERROR')] },
            // Envoy acknowledges the PING after it has read the reset.
            { frames: [{ type: 'PING', stream: 0, data: 'is read?' }] },
            { untilFrame: { type: 'PING', ack: true } },
            { signal: 'reset is read' },
          ],
        ],
      });
      const { reply, accessLog } = await downstream.dial(LISTENER, {
        http2: { windowUpdates: false },
        steps: [
          { frames: [request('POST')] },
          { wait: 'reset is read' },
          {
            frames: [
              { type: 'WINDOW_UPDATE', stream: 0, increment: BYTES },
              { type: 'WINDOW_UPDATE', increment: BYTES },
            ],
          },
        ],
      });
      const isWhole = since(CHANGES.resetAfterResponse);
      expect(reply.body).toHaveLength(isWhole ? BYTES : 65_535);
      const code = isWhole || !since(CHANGES.resetsWithError) ? 'NO_ERROR' : 'INTERNAL_ERROR';
      expect(ofStream(reply.frames).at(-1)).toEqual({ type: 'RST_STREAM', stream: 1, code });
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_flags: isWhole ? '-' : 'UR',
          response_code_details: isWhole ? 'via_upstream' : 'upstream_reset_after_response_started{remote_reset}',
        }),
      ]);
    },
  );

  test(
    'with default windows, a response to a request that does not end is cut at 65,535 bytes; the log has via_upstream',
    combined(changesEnvoy, differs(CHANGES.resetsWithError)),
    async ({ lab, downstream, upstream, since }) => {
      await lab.restartEnvoy({
        config: [
          { at: listener('ingress'), delete: ['per_connection_buffer_limit_bytes'] },
          { at: connectionManager(), delete: ['http2_protocol_options'] },
          { at: cluster('upstream'), delete: ['per_connection_buffer_limit_bytes'] },
        ],
      });
      await upstream.answers({ '*': [[{ frames: [OK, { type: 'DATA', data: 'x'.repeat(BYTES), endStream: true }] }]] });
      const { reply, accessLog } = await downstream.dial(LISTENER, {
        http2: { windowUpdates: false },
        steps: [{ frames: [request('POST')] }],
      });
      expect(reply.body).toHaveLength(65_535);
      const code = since(CHANGES.resetsWithError) ? 'INTERNAL_ERROR' : 'NO_ERROR';
      expect(ofStream(reply.frames).at(-1)).toEqual({ type: 'RST_STREAM', stream: 1, code });
      expect(accessLog).toEqual([
        expect.objectContaining({ response_flags: '-', response_code_details: 'via_upstream' }),
      ]);
    },
  );
});

describe('uploads that end early', () => {
  test(
    'a response that ends before the request: Envoy resets the upload with NO_ERROR up to 1.36, INTERNAL_ERROR since 1.37.0',
    differs(CHANGES.resetsWithError),
    async ({ downstream, upstream, since }) => {
      await upstream.answers({ '*': [[{ frames: [OK, END] }]] });
      const { reply, received } = await downstream.dial(LISTENER, { steps: [{ frames: [request('POST')] }] });
      expect(reply.outcome).toBe(200);
      expect(received[0]?.frames.at(-1)).toMatchObject({
        type: 'RST_STREAM',
        code: since(CHANGES.resetsWithError) ? 'INTERNAL_ERROR' : 'NO_ERROR',
      });
    },
  );

  test(
    'an upload that the downstream resets with CANCEL: Envoy resets it with NO_ERROR up to 1.36, INTERNAL_ERROR since 1.37.0',
    differs(CHANGES.resetsWithError),
    async ({ downstream, upstream, since }) => {
      await upstream.answers({ '*': [[{ untilFrame: { type: 'DATA', data: 'part' } }, { signal: 'part received' }]] });
      const { received, accessLog } = await downstream.dial(LISTENER, {
        steps: [
          { frames: [request('POST'), { type: 'DATA', data: 'part' }] },
          { wait: 'part received' },
          { frames: [reset('CANCEL')] },
        ],
      });
      expect(recordedFrames(received[0]?.frames ?? [])).toMatchObject([
        { type: 'DATA', data: 'part' },
        { type: 'RST_STREAM', code: since(CHANGES.resetsWithError) ? 'INTERNAL_ERROR' : 'NO_ERROR' },
      ]);
      expect(accessLog).toEqual([expect.objectContaining({ response_code: 0, response_flags: 'DR' })]);
    },
  );
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
});

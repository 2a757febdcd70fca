import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES, type Change } from '../../helpers/envoy/known-changes.ts';
import type { ErrorCode, Frame, ReceivedFrame } from '../../helpers/exchange/http2/frame.ts';
import { grpcRequest, grpcResponse, grpcTrailersOnly } from '../../helpers/exchange/http2/grpc.ts';
import { recordedFrames } from '../../helpers/exchange/http2/recorded-frames.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import { guard } from '../shared/guard.ts';
import { http2Upstream } from './scenario.ts';

const test = chapter(http2Upstream);

const LISTENER = `127.0.0.1:${PORTS.listener}`;
const DEFAULT_WINDOWS = '127.0.0.1:4998';

const request = (method: string, { endStream, path = '/' }: { endStream?: true; path?: string } = {}): Frame => ({
  type: 'HEADERS',
  headers: [
    [':method', method],
    [':scheme', 'http'],
    [':path', path],
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

/** A response whose stream the upstream resets within the body, once the client has the first part. */
const resetWithin = (code: ErrorCode): Script => [
  { frames: [OK, { type: 'DATA', data: 'part' }] },
  { wait: 'part received' },
  { frames: [reset(code)] },
];

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
    ['NO_ERROR', ['UR', 'UR'], ['remote_reset', 'remote_reset']],
    ['CANCEL', ['UR', 'UR'], ['remote_reset', 'remote_reset']],
    ['PROTOCOL_ERROR', ['UR', 'UPE'], ['remote_reset', 'protocol_error']],
  ] as const) {
    test(
      `RST_STREAM(${code}) within the body: the downstream gets the data, then INTERNAL_ERROR, NO_ERROR up to 1.36`,
      differs(CHANGES.resetsWithError),
      async ({ downstream, upstream, since }) => {
        await upstream.answers({
          '*': [resetWithin(code)],
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
    'RST_STREAM(PROTOCOL_ERROR) within the body: an HTTP/1.1 client gets the part and the end of its connection',
    differs(CHANGES.resetsWithError),
    async ({ downstream, upstream, since }) => {
      await upstream.answers({
        '*': [resetWithin('PROTOCOL_ERROR')],
      });
      const { reply, accessLog } = await downstream.dial(LISTENER, {
        steps: [{ send: 'GET / HTTP/1.1\r\nHost: h\r\n\r\n' }, { until: 'part' }, { signal: 'part received' }],
      });
      expect(reply.outcome).toBe('closed');
      expect(reply.body).toMatch(/\r\n4\r\npart\r\n$/);
      expect(accessLog).toEqual([
        expect.objectContaining({ response_flags: since(CHANGES.resetsWithError) ? 'UPE' : 'UR' }),
      ]);
    },
  );
});

describe('removed runtime guards of resets', () => {
  test(
    'with reset_with_error false, RST_STREAM(PROTOCOL_ERROR) before headers is a 503 UR up to 1.39, a 502 UPE since 1.40.0',
    combined(changesEnvoy, differs(CHANGES.resetGuardsRemoved)),
    async ({ lab, downstream, upstream, since }) => {
      await lab.restartEnvoy(guard('reset_with_error', false));
      await upstream.answers({ '*': [[{ frames: [reset('PROTOCOL_ERROR')] }]] });
      const { reply, accessLog } = await downstream.get(lab.envoyUrl);
      const [status, flags] = since(CHANGES.resetGuardsRemoved) ? [502, 'UPE'] : [503, 'UR'];
      expect(reply.outcome).toBe(status);
      expect(accessLog).toEqual([expect.objectContaining({ response_flags: flags })]);
    },
  );

  // Up to 1.36, in 1.37 to 1.39, since 1.40.0.
  for (const [name, codes, flags, title] of [
    [
      'reset_with_error',
      ['NO_ERROR', 'NO_ERROR', 'INTERNAL_ERROR'],
      ['UR', 'UR', 'UPE'],
      'with reset_with_error false, the client gets NO_ERROR within the body up to 1.39, and INTERNAL_ERROR since 1.40.0',
    ],
    [
      'reset_ignore_upstream_reason',
      ['NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR'],
      ['UR', 'UPE,DPE', 'UPE'],
      'with reset_ignore_upstream_reason false, 1.37 to 1.39 pass PROTOCOL_ERROR within the body on to the client',
    ],
  ] as const) {
    test(
      title,
      combined(changesEnvoy, differs(CHANGES.resetsWithError, CHANGES.resetGuardsRemoved)),
      async ({ lab, downstream, upstream, since }) => {
        await lab.restartEnvoy(guard(name, false));
        await upstream.answers({
          '*': [resetWithin('PROTOCOL_ERROR')],
        });
        const { reply, accessLog } = await downstream.dial(LISTENER, {
          steps: [{ frames: [GET] }, { untilFrame: { type: 'DATA', data: 'part' } }, { signal: 'part received' }],
        });
        const at = [CHANGES.resetsWithError, CHANGES.resetGuardsRemoved].filter(since).length;
        expect([reply.outcome, reply.body]).toEqual([200, 'part']);
        expect(ofStream(reply.frames).at(-1)).toEqual({ type: 'RST_STREAM', stream: 1, code: codes[at] });
        expect(accessLog).toEqual([expect.objectContaining({ response_flags: flags[at] })]);
      },
    );
  }
});

describe('an HTTP/1.1 upstream that ends within its response', () => {
  const PART = 'HTTP/1.1 200 OK\r\n';
  const ends: Record<string, Script> = {
    'FIN before the content-length is reached': [
      { send: `${PART}Content-Length: 1000\r\n\r\npart` },
      { wait: 'part received' },
      { end: true },
    ],
    'RST before the content-length is reached': [
      { send: `${PART}Content-Length: 1000\r\n\r\npart` },
      { wait: 'part received' },
      { reset: true },
    ],
    'FIN before the last chunk': [
      { send: `${PART}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n` },
      { wait: 'part received' },
      { end: true },
    ],
  };
  for (const [name, script] of Object.entries(ends)) {
    test(
      `HTTP/1.1 upstream, ${name}: the HTTP/2 client gets INTERNAL_ERROR, NO_ERROR up to 1.36`,
      differs(CHANGES.resetsWithError),
      async ({ downstream, upstream, since }) => {
        await upstream.answers({ '/http1/': [script] });
        const { reply, accessLog, stats } = await downstream.dial(LISTENER, {
          steps: [
            { frames: [request('GET', { endStream: true, path: '/http1/' })] },
            { untilFrame: { type: 'DATA', data: 'part' } },
            { signal: 'part received' },
          ],
        });
        expect([reply.outcome, reply.body]).toEqual([200, 'part']);
        expect(ofStream(reply.frames).at(-1)).toEqual({
          ...{ type: 'RST_STREAM', stream: 1 },
          code: since(CHANGES.resetsWithError) ? 'INTERNAL_ERROR' : 'NO_ERROR',
        });
        expect(accessLog).toEqual([
          expect.objectContaining({
            response_code: 200,
            response_flags: 'UPE',
            response_code_details: 'upstream_reset_after_response_started{protocol_error}',
          }),
        ]);
        expect(stats['cluster.http1.upstream_cx_protocol_error']).toBe(1);
        expect(stats['http2.tx_reset']).toBe(1);
      },
    );
  }
});

describe('responses larger than the window of the client', () => {
  const WHOLE = 'x'.repeat(BYTES);
  const BODY: Frame = { type: 'DATA', data: WHOLE };
  const TRAILERS: Frame = { type: 'HEADERS', headers: [['x-trailer', 'a']], endStream: true };

  interface Row {
    title: string;
    /** What the upstream sends after its headers. */
    frames: Frame[];
    /** Whether the client ends its request. */
    ended?: true;
    cut: 'before 1.39.0' | 'always' | 'never';
  }
  const rows: Row[] = [
    {
      title:
        'RST_STREAM(NO_ERROR) after a response larger than the window: cut at 65,535 bytes up to 1.38, whole since 1.39.0',
      frames: [{ ...BODY, endStream: true }, reset('NO_ERROR')],
      cut: 'before 1.39.0',
    },
    {
      title: 'RST_STREAM(NO_ERROR) after trailers: the body is cut at 65,535 bytes up to 1.38 and whole since 1.39.0',
      frames: [BODY, TRAILERS, reset('NO_ERROR')],
      cut: 'before 1.39.0',
    },
    {
      title: 'RST_STREAM(CANCEL) after a response larger than the window cuts it at 65,535 bytes',
      frames: [{ ...BODY, endStream: true }, reset('CANCEL')],
      cut: 'always',
    },
    {
      title: 'a response larger than the window arrives whole where the upstream sends no reset',
      frames: [{ ...BODY, endStream: true }],
      cut: 'never',
    },
    {
      title: 'RST_STREAM(NO_ERROR) after a response larger than the window leaves it whole where the request has ended',
      frames: [{ ...BODY, endStream: true }, reset('NO_ERROR')],
      ended: true,
      cut: 'never',
    },
  ];
  for (const { title, frames, ended, cut } of rows) {
    const changes: Change[] = cut === 'never' ? [] : [CHANGES.resetsWithError];
    if (cut === 'before 1.39.0') changes.push(CHANGES.resetAfterResponse);
    test(title, differs(...changes), async ({ downstream, upstream, since }) => {
      await upstream.answers({
        '*': [
          [
            { frames: [OK, ...frames] },
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
          { frames: [ended ? GET : request('POST')] },
          { wait: 'reset is read' },
          {
            frames: [
              { type: 'WINDOW_UPDATE', stream: 0, increment: BYTES },
              { type: 'WINDOW_UPDATE', increment: BYTES },
            ],
          },
        ],
      });
      const isWhole = cut === 'never' || (cut === 'before 1.39.0' && since(CHANGES.resetAfterResponse));
      expect(reply.body).toHaveLength(isWhole ? BYTES : 65_535);
      const last = ofStream(reply.frames).at(-1);
      if (ended) expect(last).toMatchObject({ type: 'DATA', endStream: true });
      else {
        const code = isWhole || !since(CHANGES.resetsWithError) ? 'NO_ERROR' : 'INTERNAL_ERROR';
        expect(last).toEqual({ type: 'RST_STREAM', stream: 1, code });
      }
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_flags: isWhole ? '-' : 'UR',
          response_code_details: isWhole ? 'via_upstream' : 'upstream_reset_after_response_started{remote_reset}',
        }),
      ]);
    });
  }

  test('RST_STREAM(NO_ERROR) after a response of 5 bytes: the client gets the response, then RST_STREAM(NO_ERROR)', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({
      '*': [[{ frames: [OK, { type: 'DATA', data: 'hello', endStream: true }, reset('NO_ERROR')] }]],
    });
    const { reply, accessLog } = await downstream.dial(LISTENER, { steps: [{ frames: [request('POST')] }] });
    expect(reply.body).toBe('hello');
    expect(ofStream(reply.frames).at(-1)).toEqual({ type: 'RST_STREAM', stream: 1, code: 'NO_ERROR' });
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: '-', response_code_details: 'via_upstream' }),
    ]);
  });

  test(
    'with default windows, a response to a request that does not end is cut at 65,535 bytes; the log has via_upstream',
    differs(CHANGES.resetsWithError),
    async ({ downstream, upstream, since }) => {
      await upstream.answers({ '*': [[{ frames: [OK, { ...BODY, endStream: true }] }]] });
      const { reply, accessLog } = await downstream.dial(DEFAULT_WINDOWS, {
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

describe('retries', () => {
  test('RST_STREAM(REFUSED_STREAM) and retry_on refused-stream: the retry uses the same connection', async ({
    lab,
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '/refused/': [[{ frames: [reset('REFUSED_STREAM')] }], [{ frames: [OK, END] }]] });
    const { reply, received, accessLog, stats } = await downstream.get(`${lab.envoyUrl}/refused/`);
    expect(reply.outcome).toBe(200);
    expect(received).toHaveLength(2);
    expect(new Set(received.map(({ remote }) => remote)).size).toBe(1);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 200, response_flags: '-' })]);
    expect(stats['cluster.upstream.upstream_rq_retry_success']).toBe(1);
  });

  test('RST_STREAM(NO_ERROR) before headers and retry_on refused-stream is not retried', async ({
    lab,
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '/refused/': [[{ frames: [reset('NO_ERROR')] }], [{ frames: [OK, END] }]] });
    const { reply, received } = await downstream.get(`${lab.envoyUrl}/refused/`);
    expect(reply.outcome).toBe(503);
    expect(received).toHaveLength(1);
  });

  for (const code of ['NO_ERROR', 'INTERNAL_ERROR', 'PROTOCOL_ERROR', 'REFUSED_STREAM'] as const) {
    test(`RST_STREAM(${code}) before headers and retry_on reset is retried`, async ({ lab, downstream, upstream }) => {
      await upstream.answers({ '/reset/': [[{ frames: [reset(code)] }], [{ frames: [OK, END] }]] });
      const { reply, received, stats } = await downstream.get(`${lab.envoyUrl}/reset/`);
      expect(reply.outcome).toBe(200);
      expect(received).toHaveLength(2);
      expect(stats['cluster.upstream.upstream_rq_retry_success']).toBe(1);
    });
  }
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

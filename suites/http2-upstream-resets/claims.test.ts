import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES, type Change } from '../../helpers/envoy/known-changes.ts';
import type { ErrorCode, Frame } from '../../helpers/exchange/http2/frame.ts';
import { recordedFrames } from '../../helpers/exchange/http2/recorded-frames.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import { guard } from '../shared/guard.ts';
import { END, GET, OK, ofStream, request, reset } from '../shared/http2-upstream/frames.ts';
import { http2UpstreamResets } from './scenario.ts';

const test = chapter(http2UpstreamResets);

const LISTENER = `127.0.0.1:${PORTS.listener}`;
const DEFAULT_WINDOWS = '127.0.0.1:4998';

/** A response that is larger than a window. */
const BYTES = 400_000;

/** A response whose stream the upstream resets within the body, once the client has the first part. */
const resetWithin = (code: ErrorCode): Script => [
  { frames: [OK, { type: 'DATA', data: 'part' }] },
  { wait: 'part received' },
  { frames: [reset(code)] },
];

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

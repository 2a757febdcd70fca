import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import type { Downstream } from '../../fixtures/exchange/downstream.ts';
import type { Exchange } from '../../fixtures/exchange/exchange.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { response } from '../../helpers/exchange/response.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import { FORWARDED, type ForwardedRow } from './forwarded-rows.ts';
import { BAD_CHUNKS, REFUSED, type RefusedRow } from './refused-rows.ts';
import { BAD_RESPONSES, PASSED } from './response-rows.ts';
import { framing, LISTENERS } from './scenario.ts';

const test = chapter(framing);

const GET = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
const NO_CONTENT = 'HTTP/1.1 204 No Content\r\n\r\n';

type Listener = keyof typeof LISTENERS;

/** Sends bytes that end the connection after the response. */
function send(downstream: Downstream, bytes: string, listener: Listener = 'plain'): Promise<Exchange> {
  return downstream.dial(`127.0.0.1:${LISTENERS[listener]}`, { steps: [{ send: bytes }] });
}

/** Sends bytes that Envoy refuses; the client ends the connection, which Envoy keeps open for delayed_close_timeout. */
function sendRefused(downstream: Downstream, bytes: string, listener: Listener = 'plain'): Promise<Exchange> {
  const steps: Script = [{ send: bytes }, { until: '\r\n\r\n' }, { end: true }];
  return downstream.dial(`127.0.0.1:${LISTENERS[listener]}`, { steps });
}

function forwardedClaim({
  title,
  listener,
  target = 'GET /',
  headers = {},
  bodyBytes,
  response = 'HTTP/1.1 200 OK\r\n',
  ...row
}: ForwardedRow): void {
  test(title, async ({ downstream }) => {
    const { reply, received } = await send(downstream, row.send, listener);
    const names = Object.keys(headers);
    expect(received.map(({ raw, path }) => `${raw.method} ${path}`)).toEqual([target]);
    expect(Object.fromEntries(names.map((name) => [name, received[0]?.lines(name)]))).toEqual(headers);
    expect(reply.body.slice(0, response.length)).toBe(response);
    expect(received[0]?.body?.bytes).toBe(bodyBytes);
    expect(reply.outcome).toBe('closed');
  });
}

function refusedClaim({ title, listener, response, flags = 'DPE', details, ...row }: RefusedRow): void {
  test(title, async ({ downstream }) => {
    const { reply, received, accessLog } = await sendRefused(downstream, row.send, listener);
    const [line, ...headers] = reply.body.split('\r\n');
    expect(line).toBe(response);
    if (flags === 'DPE') expect(headers).toContain('connection: close');
    expect(received).toEqual([]);
    expect(accessLog).toEqual([expect.objectContaining({ response_flags: flags, response_code_details: details })]);
  });
}

/** A chunked request whose head and first chunk the upstream has received when the malformed bytes arrive. */
function badChunkClaim({ title, send: bytes }: (typeof BAD_CHUNKS)[number]): void {
  test(`${title} ends a forwarded request: 400 (http1.codec_error), and the upstream's connection`, async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '/': [[{ until: '1\r\nx\r\n' }, { signal: 'received' }, { untilEnd: true }]] });
    const { reply, received, connections, accessLog } = await downstream.dial(`127.0.0.1:${LISTENERS.plain}`, {
      steps: [
        { send: 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n' },
        ...[{ wait: 'received' }, { send: bytes }, { until: '\r\n\r\n' }, { end: true as const }],
      ],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(received).toHaveLength(1);
    expect(connections).toEqual([expect.objectContaining({ ended: 'end' })]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_flags: 'DPE', response_code_details: 'http1.codec_error' }),
    ]);
  });
}

for (const topic of Object.keys(FORWARDED)) {
  describe(topic, () => {
    FORWARDED[topic]?.forEach(forwardedClaim);
    REFUSED[topic]?.forEach(refusedClaim);
  });
}

describe('malformed chunks', () => BAD_CHUNKS.forEach(badChunkClaim));

describe('trailers of requests', () => {
  const request = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: x-t\r\nConnection: close\r\n\r\n` +
    '2\r\nhi\r\n0\r\nx-t: 1\r\n\r\n';
  const ROWS: { title: string; listener: Listener; path: string; end: string }[] = [
    {
      title: 'trailers of a request are dropped by default',
      ...{ listener: 'plain', path: '/', end: '0\r\n\r\n' },
    },
    {
      title: 'trailers of a request are dropped with enable_trailers on the listener alone',
      ...{ listener: 'trailers', path: '/', end: '0\r\n\r\n' },
    },
    {
      title: 'trailers of a request are dropped with enable_trailers on the cluster alone',
      ...{ listener: 'plain', path: '/with-trailers', end: '0\r\n\r\n' },
    },
    {
      title: 'trailers of a request reach the upstream with enable_trailers on listener and cluster',
      ...{ listener: 'trailers', path: '/with-trailers', end: '0\r\nx-t: 1\r\n\r\n' },
    },
  ];
  for (const { title, listener, path, end } of ROWS) {
    test(title, async ({ downstream, upstream }) => {
      await upstream.answers({ [path]: [[{ until: `2\r\nhi\r\n${end}` }, { send: NO_CONTENT }]] });
      const { reply, received } = await send(downstream, request(path), listener);
      expect(received[0]?.lines('trailer')).toEqual(['x-t']);
      expect(reply.body).toMatch(/^HTTP\/1\.1 204 /);
    });
  }
});

describe('pipelined requests', () => {
  test('two requests in one segment get their responses in order', async ({ downstream }) => {
    const { reply, received } = await send(
      downstream,
      'GET /healthz HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
    );
    expect(reply.body.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 200']);
    expect(received.map(({ path }) => path)).toEqual(['/healthz', '/']);
  });

  test('of three pipelined requests for direct responses, two are answered: too many responses are queued', async ({
    downstream,
  }) => {
    const bytes = 'GET /direct HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(3);
    const { reply, accessLog } = await downstream.dial(`127.0.0.1:${LISTENERS.plain}`, {
      steps: [{ send: bytes }, { until: '\r\n\r\n' }, { until: '\r\n\r\n' }, { end: true }],
    });
    expect(reply.body.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(accessLog.map((entry) => [entry.response_flags, entry.response_code_details])).toEqual([
      ['-', 'direct_response'],
      ['-', 'direct_response'],
      ['DPE', 'codec_error:Too_many_responses_queued.'],
    ]);
  });

  test('bytes after a malformed request are not read as a request', async ({ downstream }) => {
    const { reply, received, accessLog } = await sendRefused(
      downstream,
      'GET x HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n',
    );
    expect(reply.body.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 400']);
    expect([received, accessLog.length]).toEqual([[], 1]);
  });
});

describe('responses of the upstream', () => {
  for (const { title, ends, response: passed, isProtocolError = false, ...row } of PASSED) {
    test(title, async ({ downstream, upstream }) => {
      await upstream.answers({ '/': [[{ send: row.send }, ...(ends ? [{ end: true as const }] : [])]] });
      const { reply, accessLog, stats } = await send(downstream, GET);
      const added = /^(?:x-envoy-upstream-service-time|date|server|connection): .*\r\n/gm;
      expect(reply.body.replaceAll(added, '')).toBe(passed);
      expect(accessLog).toEqual([
        expect.objectContaining({ response_flags: '-', response_code_details: 'via_upstream' }),
      ]);
      expect(stats['cluster.upstream.upstream_cx_protocol_error'] ?? 0).toBe(isProtocolError ? 1 : 0);
    });
  }

  for (const kib of [61, 79]) {
    test(`a response with a header of ${kib} KiB passes: the limit of requests is not its limit`, async ({
      lab,
      downstream,
      upstream,
    }) => {
      const value = 'x'.repeat(kib * 1024);
      await upstream.answers({ '/': [response({ headers: [['x-long', value]], body: 'hi' })] });
      const { reply } = await downstream.get(lab.envoyUrl, { program: 'curl' });
      expect([reply.outcome, reply.header('x-long'), reply.body]).toEqual([200, value, 'hi']);
    });
  }

  for (const row of BAD_RESPONSES) {
    test(`a response with ${row.title} becomes 502 UPE (protocol_error)`, async ({ downstream, upstream }) => {
      await upstream.answers({ '/': [[{ send: row.send }]] });
      const { reply, received, accessLog, stats } = await send(downstream, GET);
      expect(reply.body).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
      expect(received).toHaveLength(1);
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_flags: 'UPE',
          response_code_details: 'upstream_reset_before_response_started{protocol_error}',
        }),
      ]);
      expect(stats['cluster.upstream.upstream_cx_protocol_error']).toBe(1);
    });
  }

  test('an invalid chunk of a response ends the connections after the head: 200 UPE', async ({
    downstream,
    upstream,
  }) => {
    await upstream.answers({ '/': [[{ send: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhi\r\n' }]] });
    const { reply, accessLog } = await send(downstream, GET);
    expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\n$/);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_flags: 'UPE',
        response_code_details: 'upstream_reset_after_response_started{protocol_error}',
      }),
    ]);
  });
});

describe('other parsers', () => {
  test(
    'with the runtime guard strict_chunk_parsing, what a chunk has beyond its size gets 400 since 1.38.0',
    differs(CHANGES.strictChunkParsing),
    async ({ lab, downstream, upstream, since }) => {
      const guard = 'envoy.reloadable_features.strict_chunk_parsing';
      await lab.adminPost(`/runtime_modify?${guard}=true`, { undo: `/runtime_modify?${guard}=` });
      await upstream.answers({
        '/': [
          [{ until: '1\r\nx\r\n' }, { signal: 'received' }, { until: '2\r\nhi\r\n0\r\n\r\n' }, { send: NO_CONTENT }],
        ],
      });
      const { reply, accessLog } = await downstream.dial(`127.0.0.1:${LISTENERS.plain}`, {
        steps: [
          { send: 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n' },
          ...[{ wait: 'received' }, { send: '2\r\nhixx\r\n0\r\n\r\n' }, { until: '\r\n\r\n' }, { end: true as const }],
        ],
      });
      const isRefused = since(CHANGES.strictChunkParsing);
      expect(reply.body.split(' ')[1]).toBe(isRefused ? '400' : '204');
      expect(accessLog).toEqual([
        expect.objectContaining({ response_code_details: isRefused ? 'http1.codec_error' : 'via_upstream' }),
      ]);
    },
  );
});

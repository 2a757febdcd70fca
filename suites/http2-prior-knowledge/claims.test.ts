import { describe, expect } from 'vitest';
import { changesEnvoy, chapter } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { connectionManager } from '../../helpers/envoy/select.ts';
import type { Frame } from '../../helpers/exchange/http2/frame.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { http2PriorKnowledge } from './scenario.ts';

const test = chapter(http2PriorKnowledge);

const PROGRAMS = ['curl', 'undici'] as const;

describe('protocol detection with codec_type AUTO', () => {
  for (const program of PROGRAMS) {
    test(`codec_type AUTO: ${program} with HTTP/2 prior knowledge gets HTTP/2; the upstream receives HTTP/1.1`, async ({
      lab,
      downstream,
    }) => {
      const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl, { program, http2: true });
      expect(reply.outcome).toBe(200);
      expect(received).toHaveLength(1);
      expect(received[0]?.raw.httpVersion).toBe('1.1');
      expect(received[0]?.header('host')).toBe(`127.0.0.1:${PORTS.listener}`);
      expect(accessLog).toEqual([expect.objectContaining({ protocol: 'HTTP/2', response_code: 200 })]);
      expect(stats['http.ingress.downstream_cx_http2_total']).toBe(1);
    });

    test(`codec_type AUTO: ${program} with HTTP/1.1 gets HTTP/1.1 from the listener that also accepts HTTP/2`, async ({
      lab,
      downstream,
    }) => {
      const { reply, accessLog, stats } = await downstream.get(lab.envoyUrl, { program });
      expect(reply.outcome).toBe(200);
      expect(accessLog).toEqual([expect.objectContaining({ protocol: 'HTTP/1.1', response_code: 200 })]);
      expect(stats['http.ingress.downstream_cx_http1_total']).toBe(1);
      expect(stats['http.ingress.downstream_cx_http2_total']).toBeUndefined();
    });
  }

  test('sent directly to the upstream, an HTTP/2 request arrives in HTTP/2: Envoy chooses HTTP/1.1 by itself', async ({
    downstream,
    upstream,
  }) => {
    const { reply, received } = await downstream.get(upstream.url, { program: 'curl', http2: true });
    expect(reply.outcome).toBe(200);
    expect(received[0]?.raw.httpVersion).toBe('2.0');
  });
});

describe('requests and responses', () => {
  test('five concurrent requests share one connection in HTTP/2 and use five connections in HTTP/1.1', async ({
    lab,
    downstream,
  }) => {
    const urls = Array<string>(5).fill(lab.envoyUrl);
    const shared = await downstream.getAll(urls, { http2: true, connection: 'shared' });
    const last = await downstream.get(lab.envoyUrl, { http2: true, connection: 'shared', last: true });
    const apart = await downstream.getAll(urls);
    expect(shared.replies.map(({ outcome, local }) => [outcome, local])).toEqual(
      Array(5).fill([200, last.reply.local]),
    );
    expect(shared.stats['http.ingress.downstream_cx_total']).toBe(1);
    expect(shared.stats['http.ingress.downstream_rq_http2_total']).toBe(5);
    expect(apart.replies.map(({ outcome }) => outcome)).toEqual(Array(5).fill(200));
    expect(apart.stats['http.ingress.downstream_cx_total']).toBe(5);
  });

  test('an HTTP/1.1 response has transfer-encoding: chunked; an HTTP/2 response has no transfer-encoding', async ({
    lab,
    downstream,
  }) => {
    const inHttp1 = await downstream.get(lab.envoyUrl, { program: 'curl' });
    const inHttp2 = await downstream.get(lab.envoyUrl, { program: 'curl', http2: true });
    expect([inHttp1, inHttp2].map(({ reply }) => reply.outcome)).toEqual([200, 200]);
    expect(inHttp1.reply.header('transfer-encoding')).toBe('chunked');
    expect(inHttp2.reply.header('transfer-encoding')).toBeUndefined();
  });

  test('an HTTP/1.1 request with upgrade: h2c gets an HTTP/1.1 response; the upstream receives no upgrade header', async ({
    downstream,
  }) => {
    const { reply, received, accessLog } = await downstream.dial(`127.0.0.1:${PORTS.listener}`, {
      steps: [
        {
          send: 'GET /healthz HTTP/1.1\r\nHost: upstream\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
        },
        { until: '\r\n\r\n' },
        { end: true },
      ],
    });
    expect(reply.body).toMatch(/^HTTP\/1.1 204 No Content\r\n/);
    expect(accessLog).toEqual([expect.objectContaining({ protocol: 'HTTP/1.1' })]);
    expect(['upgrade', 'http2-settings', 'connection'].map((name) => received[0]?.header(name))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('requests written as HTTP/2 frames', () => {
  const LISTENER = `127.0.0.1:${PORTS.listener}`;
  const PSEUDO: RawHeader[] = [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/healthz'],
    [':authority', 'front.test'],
  ];
  const request = (headers: RawHeader[]): Frame => ({ type: 'HEADERS', headers, endStream: true });

  test('a request of one HEADERS frame gets SETTINGS and a response on its stream', async ({ downstream }) => {
    const { reply, received } = await downstream.dial(LISTENER, {
      steps: [{ frames: [request([...PSEUDO, ['x-a', 'b']])] }],
    });
    expect(reply.outcome).toBe(204);
    expect(reply.header('server')).toBe('envoy');
    expect(reply.frames.filter(({ type }) => !/WINDOW_UPDATE|SETTINGS/.test(type))).toEqual([
      { type: 'HEADERS', stream: 1, headers: expect.arrayContaining([[':status', '204']]), endStream: true },
    ]);
    expect(reply.frames[0]).toMatchObject({ type: 'SETTINGS', stream: 0 });
    expect(received[0]?.header('x-a')).toBe('b');
  });
});

describe('codec_type HTTP1 and HTTP2', () => {
  // Envoy closes a connection with a protocol error after delayed_close_timeout, 1 s by default.
  const CLOSES_SOON = { at: connectionManager(), add: { delayed_close_timeout: '0.1s' } };

  test(
    'codec_type HTTP1: Envoy answers HTTP/2 with 400 DPE in HTTP/1.1, which the client cannot parse',
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({ config: { ...CLOSES_SOON, set: { codec_type: 'HTTP1' } } });
      const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl, {
        program: 'curl',
        http2: true,
      });
      expect(reply.outcome).toBe('no HTTP/2');
      expect(received).toEqual([]);
      expect(accessLog).toEqual([
        expect.objectContaining({
          protocol: 'HTTP/1.1',
          response_code: 400,
          response_flags: 'DPE',
          response_code_details: 'http1.codec_error',
        }),
      ]);
      expect(stats['http.ingress.downstream_cx_protocol_error']).toBe(1);
    },
  );

  test(
    'codec_type HTTP2: Envoy closes an HTTP/1.1 connection without a byte or an access log entry',
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({ config: { ...CLOSES_SOON, set: { codec_type: 'HTTP2' } } });
      const { reply, received, accessLog, stats } = await downstream.get(lab.envoyUrl);
      expect(reply.outcome).toBe('closed');
      expect([received, accessLog]).toEqual([[], []]);
      expect(stats['http.ingress.downstream_cx_protocol_error']).toBe(1);
    },
  );
});

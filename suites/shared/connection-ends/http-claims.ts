import { expect } from 'vitest';
import type { ChapterTest } from '../../../fixtures/chapter.ts';
import type { Upstream } from '../../../fixtures/lab/upstream.ts';
import { response } from '../../../helpers/exchange/response.ts';
import type { Script } from '../../../helpers/exchange/script.ts';

type Test = ChapterTest<'bytes' | 'upstream'>;

/** The bytes of a request without a body. */
export function get(path: string, headers = ''): { send: string } {
  return { send: `GET ${path} HTTP/1.1\r\nHost: upstream\r\n${headers}\r\n` };
}

/** The head of a request with a body of ten bytes, and the first half of it. */
function halfOf(path: string): { send: string } {
  return { send: `POST ${path} HTTP/1.1\r\nHost: upstream\r\nContent-Length: 10\r\n\r\nhalf ` };
}

const RESET = { reset: true } as const;
const END = { end: true } as const;

/** The ends of an upstream's connection before a response. */
const WITHOUT_A_RESPONSE: { by: string; end: Script; ended: string }[] = [
  { by: 'ends', end: [END], ended: 'closed' },
  { by: 'resets', end: [RESET], ended: 'reset' },
];

/** The ends of an upstream's connection within a body of ten bytes. */
const WITHIN_A_BODY: { by: 'RST' | 'end'; end: Script[number]; ended: string }[] = [
  { by: 'RST', end: RESET, ended: 'reset' },
  { by: 'end', end: END, ended: 'closed' },
];

/** What one side of HTTP/1.1 sees where the other one ends or resets its connection early. */
export function httpEnds(test: Test, { addressOf }: { addressOf: (upstream: Upstream) => string }): void {
  for (const { by, end, ended } of WITHIN_A_BODY) {
    test(`an upstream's ${by} within a body ends the client's connection after the bytes received: 200 UPE`, async ({
      downstream,
      upstreams: { upstream },
    }) => {
      const body = ['abc', { wait: 'abc received' }, end];
      await upstream.answers({ '/cut': [response({ headers: [['content-length', '10']], body })] });
      const { reply, connections, accessLog } = await downstream.dial(addressOf(upstream), {
        steps: [get('/cut'), { until: 'abc' }, { signal: 'abc received' }],
      });
      expect(reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-length: 10\r\n(?:.+\r\n)+\r\nabc$/);
      expect(reply.outcome).toBe('closed');
      expect(connections).toEqual([expect.objectContaining({ servedBy: 'upstream', requests: 1, ended })]);
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_code: 200,
          response_flags: 'UPE',
          response_code_details: 'upstream_reset_after_response_started{protocol_error}',
          bytes_sent: 3,
        }),
      ]);
    });
  }

  for (const { by, end, ended } of WITHOUT_A_RESPONSE) {
    test(`an upstream that ${by} the connection in place of a response: 503 UC, connection_termination`, async ({
      downstream,
      upstreams: { upstream },
    }) => {
      await upstream.answers({ '/silent': [end] });
      const { reply, connections, accessLog } = await downstream.dial(addressOf(upstream), {
        steps: [get('/silent'), { until: 'connection termination' }, END],
      });
      expect(reply.body).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
      expect(connections).toEqual([expect.objectContaining({ requests: 1, ended })]);
      expect(accessLog).toEqual([
        expect.objectContaining({
          response_code: 503,
          response_flags: 'UC',
          response_code_details: 'upstream_reset_before_response_started{connection_termination}',
        }),
      ]);
    });
  }

  test('a response before the end of the request reaches the client with connection: close, and ends the upload', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/early': [response({ status: 413, body: 'too much' })] });
    const { reply, connections, accessLog } = await downstream.dial(addressOf(upstream), {
      steps: [halfOf('/early'), { until: 'too much' }, END],
    });
    expect(reply.body).toMatch(/^HTTP\/1\.1 413 .*\r\n(?:.+\r\n)*connection: close\r\n\r\ntoo much$/);
    expect(connections).toEqual([expect.objectContaining({ requests: 1, ended: 'end' })]);
    expect(accessLog).toEqual([
      expect.objectContaining({ response_code: 413, response_code_details: 'via_upstream', bytes_received: 5 }),
    ]);
  });

  test("an RST of the client within a request ends the upstream's connection: DC, without a response", async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/upload': [[{ until: 'half ' }, { signal: 'half received' }, { untilEnd: true }]] });
    const { reply, received, connections, accessLog } = await downstream.dial(addressOf(upstream), {
      steps: [halfOf('/upload'), { wait: 'half received' }, RESET],
    });
    expect(reply.body).toBe('');
    expect(received).toHaveLength(1);
    expect(connections).toEqual([expect.objectContaining({ requests: 1, ended: 'end' })]);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_code: 0,
        response_flags: 'DC',
        response_code_details: 'downstream_remote_disconnect',
        bytes_received: 5,
      }),
    ]);
  });

  test("an RST of the client within a response ends the upstream's connection: 200 DC", async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const body = ['abc', { untilEnd: true } as const];
    await upstream.answers({ '/download': [response({ headers: [['content-length', '10']], body })] });
    const { connections, accessLog } = await downstream.dial(addressOf(upstream), {
      steps: [get('/download'), { until: 'abc' }, RESET],
    });
    expect(connections).toEqual([expect.objectContaining({ requests: 1, ended: 'end' })]);
    expect(accessLog).toEqual([
      expect.objectContaining({
        response_code: 200,
        response_flags: 'DC',
        response_code_details: 'downstream_remote_disconnect',
        bytes_sent: 3,
      }),
    ]);
  });
}

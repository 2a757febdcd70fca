import { expect, test } from 'vitest';
import type { Action } from './request.ts';
import { requestScript } from './request-script.ts';

const GET: Extract<Action, { kind: 'http' }> = {
  kind: 'http',
  method: 'GET',
  target: '/a/../b',
  host: 'a.test',
  headers: [['X-Name', 'é']],
  protocol: 'http/1.1',
};

test('an HTTP/1 request is sent as it is, its body with a length unless a header frames it', () => {
  expect(requestScript(GET)).toEqual({
    steps: [{ send: 'GET /a/../b HTTP/1.1\r\nHost: a.test\r\nX-Name: Ã©\r\n\r\n' }],
    response: { method: 'GET' },
  });
  expect(requestScript({ ...GET, method: 'POST', headers: [], body: 'é', protocol: 'http/1.0' }).steps).toEqual([
    { send: 'POST /a/../b HTTP/1.0\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nÃ©' },
  ]);
  const { host, ...withoutHost } = GET;
  const chunked: Action = { ...withoutHost, headers: [['transfer-encoding', 'chunked']], body: '0\r\n\r\n' };
  expect(requestScript(chunked).steps).toEqual([
    { send: 'GET /a/../b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n' },
  ]);
});

test('a request that expects 100 waits for it with its body', () => {
  expect(requestScript({ ...GET, headers: [['Expect', '100-continue']], body: 'abc' }).steps.slice(1)).toEqual([
    { until: '100 Continue' },
    { send: 'abc' },
  ]);
});

test('an HTTP/2 request is frames, with names in lower case', () => {
  expect(requestScript({ ...GET, protocol: 'h2', body: 'abc' }, 'https')).toEqual({
    steps: [
      {
        frames: [
          {
            type: 'HEADERS',
            headers: [
              [':method', 'GET'],
              [':scheme', 'https'],
              [':authority', 'a.test'],
              [':path', '/a/../b'],
              ['x-name', 'Ã©'],
            ],
          },
          { type: 'DATA', data: 'abc', endStream: true },
        ],
      },
    ],
  });
});

test('a WebSocket sends a text and closes once it is accepted', () => {
  const { steps } = requestScript({ kind: 'websocket', target: '/chat', host: 'a.test', headers: [] });
  expect(steps.map((step) => Object.keys(step)[0])).toEqual(['send', 'until', 'send', 'send', 'until', 'end']);
});

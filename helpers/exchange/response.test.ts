import { expect, test } from 'vitest';
import { response } from './response.ts';

test('a response is one segment with its length', () => {
  expect(response({ headers: [['x-a', '1']], body: '\u00ff!' })).toEqual([
    { send: 'HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 2\r\n\r\n\u00ff!' },
  ]);
  expect(response({ status: 204 })).toEqual([{ send: 'HTTP/1.1 204 No Content\r\n\r\n' }]);
  expect(response({ status: 103, reason: 'Soon' })).toEqual([{ send: 'HTTP/1.1 103 Soon\r\n\r\n' }]);
});

test('each piece is a segment of its own, with steps between them', () => {
  expect(
    response({ headers: [['Content-Length', '9']], body: ['abc', { wait: 'go on' }, 'def', { reset: true }] }),
  ).toEqual([
    { send: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n' },
    { send: 'abc' },
    { wait: 'go on' },
    { send: 'def' },
    { reset: true },
  ]);
});

test('trailers make a response chunked', () => {
  expect(response({ body: ['abc'], trailers: [['x-t', '1']] })).toEqual([
    { send: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n' },
    { send: '3\r\nabc\r\n' },
    { send: '0\r\nx-t: 1\r\n\r\n' },
  ]);
});

import { expect, test } from 'vitest';
import { grpcRequest, grpcResponse, grpcTrailersOnly } from './grpc.ts';

test('a gRPC response is headers, messages behind their lengths, and trailers with the status', () => {
  expect(
    grpcResponse({ messages: ['ab', 'c'.repeat(300)], status: 5, message: 'not found', trailers: [['x-t', '1']] }),
  ).toEqual([
    {
      type: 'HEADERS',
      headers: [
        [':status', '200'],
        ['content-type', 'application/grpc'],
      ],
    },
    { type: 'DATA', data: `\u0000\u0000\u0000\u0000\u0002ab\u0000\u0000\u0000\u0001\u002c${'c'.repeat(300)}` },
    {
      type: 'HEADERS',
      headers: [
        ['grpc-status', '5'],
        ['grpc-message', 'not found'],
        ['x-t', '1'],
      ],
      endStream: true,
    },
  ]);
});

test('a trailers-only response is one frame that ends the stream', () => {
  expect(grpcTrailersOnly({ status: 14 })).toEqual([
    {
      type: 'HEADERS',
      headers: [
        [':status', '200'],
        ['content-type', 'application/grpc'],
        ['grpc-status', '14'],
      ],
      endStream: true,
    },
  ]);
});

test('a gRPC request accepts trailers and ends with its last message', () => {
  const [headers, data] = grpcRequest({ path: '/a.B/C' });
  expect(headers).toMatchObject({
    headers: expect.arrayContaining([
      [':path', '/a.B/C'],
      ['te', 'trailers'],
    ]),
  });
  expect(data).toEqual({ type: 'DATA', data: '\u0000'.repeat(5), endStream: true });
});

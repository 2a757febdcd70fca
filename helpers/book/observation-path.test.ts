import { expect, test } from 'vitest';
import { resolve } from './observation-path.ts';

test('a path leads through lists, keys with dots and JSON bodies', () => {
  const value = { a: [{ 'b.c': { d: 1 } }], body: '{ "x": { "y": <port> } }' };
  expect(resolve(value, 'a[0].b.c.d')).toBe(1);
  expect(resolve(value, 'a.length')).toBe(1);
  expect(resolve(value, 'body.x.y')).toBe('<port>');
  expect(resolve(value, 'a[1].b')).toBeUndefined();
  expect(resolve(value, 'body.z')).toBeUndefined();
});

test('a header has the values of all its lines', () => {
  const value = {
    headers: [
      ['x-a', '1'],
      ['X-A', '2'],
      ['x-b', '3'],
    ],
  };
  expect(resolve(value, 'headers.x-a')).toEqual(['1', '2']);
  expect(resolve(value, 'headers.x-c')).toBeUndefined();
  expect(resolve(value, 'headers.length')).toBe(3);
});

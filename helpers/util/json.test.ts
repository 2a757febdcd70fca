import { expect, test } from 'vitest';
import { type Json, objectAt, objectsIn, objectsOf, textAt, valueAt } from './json.ts';

const value: Json = { a: { b: ['x', { c: 'text' }] }, d: [{ e: 1 }, 2, null] };

test('reads values by their path', () => {
  expect(valueAt(value, 'a', 'b')).toEqual(['x', { c: 'text' }]);
  expect(valueAt(value, 'a', 'x', 'y')).toBeUndefined();
  expect(objectAt(value, 'a')).toEqual({ b: ['x', { c: 'text' }] });
  expect(objectAt(value, 'd')).toBeUndefined();
  expect(textAt({ d: 'x' }, 'd')).toBe('x');
  expect(textAt({ d: 1 }, 'd')).toBeUndefined();
});

test('lists objects', () => {
  expect(objectsOf(valueAt(value, 'd'))).toEqual([{ e: 1 }]);
  expect(objectsOf('x')).toEqual([]);
  expect([...objectsIn(value)].map((object) => Object.keys(object).join())).toEqual(['a,d', 'b', 'c', 'e']);
});

import { expect, test } from 'vitest';
import { given } from './given.ts';

test('a field that is undefined is left out; one that is null, empty or false stays', () => {
  expect(given({ a: undefined, b: null, c: '', d: false })).toStrictEqual({ b: null, c: '', d: false });
});

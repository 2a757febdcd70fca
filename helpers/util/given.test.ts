import { expect, test } from 'vitest';
import { given } from './given.ts';

test('undefined fields are left out; null, empty and false stay', () => {
  expect(given({ a: undefined, b: null, c: '', d: false })).toStrictEqual({ b: null, c: '', d: false });
});

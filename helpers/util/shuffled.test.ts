import { expect, test } from 'vitest';
import { randomFrom, shuffled } from './shuffled.ts';

const LETTERS = ['a', 'b', 'c', 'd'];

test('a seed gives the same order each time, and other seeds give others', () => {
  const orders = Array.from({ length: 50 }, (_, seed) => shuffled(LETTERS, randomFrom(seed)).join(''));
  expect(orders[7]).toBe(shuffled(LETTERS, randomFrom(7)).join(''));
  expect(new Set(orders).size).toBeGreaterThan(15);
  expect(orders.every((order) => [...order].sort().join('') === 'abcd')).toBe(true);
});

test('each item is as likely in each place', () => {
  const random = randomFrom(4711);
  const firsts = Array.from({ length: 4000 }, () => shuffled(LETTERS, random)[0]);
  for (const letter of LETTERS) expect(firsts.filter((each) => each === letter).length / 4000).toBeCloseTo(0.25, 1);
});

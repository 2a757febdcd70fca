import { expect, test } from 'vitest';
import { parseSeed, seedFrom } from './seed.ts';

test('BIGBOOK_SEED is the seed; without it each run has a short one of its own', () => {
  expect(seedFrom({ BIGBOOK_SEED: '4711' })).toBe(4711);
  const seeds = Array.from({ length: 8 }, () => seedFrom({}));
  expect(new Set(seeds).size).toBeGreaterThan(1);
  for (const seed of seeds) expect(String(seed)).toMatch(/^\d{1,6}$/);
});

test.each(['', 'abc', '-1', '1.5', '1e3', '99999999999999999999'])('%j is no seed', (text) => {
  expect(() => parseSeed(text)).toThrow(/^--seed ".*" is no whole number/);
});

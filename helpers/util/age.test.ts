import { expect, test } from 'vitest';
import { ageFrom, ageText } from './age.ts';

const HOUR = 3_600_000;

test.each([
  ['30min', HOUR / 2],
  ['12h', 12 * HOUR],
  ['7d', 7 * 24 * HOUR],
  ['2w', 14 * 24 * HOUR],
])('%s', (text, ms) => {
  expect(ageFrom(text)).toBe(ms);
});

test.each(['', '7', '0d', '-1d', '1.5h', '7 d', '99999d', '1y'])('%j is no age', (text) => {
  expect(ageFrom(text)).toBeUndefined();
});

test.each([
  [-5, '0 min'],
  [59 * 60_000, '59 min'],
  [17.5 * HOUR, '17 h'],
  [80 * HOUR, '3 d'],
])('%d ms is %s', (ms, text) => {
  expect(ageText(ms)).toBe(text);
});

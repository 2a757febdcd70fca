import { expect, test } from 'vitest';
import { guardOf, halvesOf } from './guard-masks.ts';

const GUARDS = ['a', 'b', 'c', 'd', 'e'];

/** Whether each half has an effect that needs all of `causes`. */
function effectsOf(...causes: string[]): [boolean, boolean][] {
  const has = (half: string[]): boolean => causes.every((cause) => half.includes(cause));
  return halvesOf(GUARDS).map(([one, other]) => [has(one), has(other)]);
}

test('each pair of halves holds every guard once', () => {
  expect(halvesOf(GUARDS).map((halves) => halves.flat().sort())).toEqual([GUARDS, GUARDS, GUARDS]);
  expect([halvesOf(['a']), halvesOf([])]).toEqual([[], []]);
});

test.each(GUARDS)('the guard %s is named by the halves that have an effect', (guard) => {
  expect(guardOf(GUARDS, effectsOf(guard))).toBe(guard);
});

test('the only guard needs no halves', () => {
  expect(guardOf(['a'], [])).toBe('a');
});

test('an effect of several guards names none', () => {
  expect(guardOf(GUARDS, effectsOf('a', 'b'))).toBeUndefined();
  expect(
    guardOf(GUARDS, [
      [true, true],
      [true, false],
      [true, false],
    ]),
  ).toBeUndefined();
});

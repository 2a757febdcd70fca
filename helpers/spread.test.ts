import { expect, test } from 'vitest';
import { spreadOf } from './spread.ts';

test('the median of an odd number of values is the middle one, in whatever order they come', () => {
  expect(spreadOf([300, 5, 20])).toEqual({ count: 3, median: 20, min: 5, max: 300 });
});

test('the median of an even number of values is half way between the two in the middle', () => {
  expect(spreadOf([4, 1, 2, 10])).toEqual({ count: 4, median: 3, min: 1, max: 10 });
});

test('values compare as numbers, and are left as they came', () => {
  const values = [10, 9, 100];
  expect(spreadOf(values).median).toBe(10);
  expect(values).toEqual([10, 9, 100]);
});

test('one value is its own median', () => {
  expect(spreadOf([7])).toEqual({ count: 1, median: 7, min: 7, max: 7 });
});

test('no values have no median', () => {
  expect(() => spreadOf([])).toThrow(new RangeError('there is no median of no values'));
});

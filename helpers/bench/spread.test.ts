import { expect, test } from 'vitest';
import { percentileOf, spreadOf } from './spread.ts';

test('the median of an odd number of unsorted values is the middle one', () => {
  expect(spreadOf([300, 5, 20])).toEqual({ count: 3, median: 20, min: 5, max: 300 });
});

test('the median of an even number of values is the mean of the middle two', () => {
  expect(spreadOf([4, 1, 2, 10])).toEqual({ count: 4, median: 3, min: 1, max: 10 });
});

test('values are compared as numbers and not reordered', () => {
  const values = [10, 9, 100];
  expect(spreadOf(values).median).toBe(10);
  expect(values).toEqual([10, 9, 100]);
});

test('one value is its own median', () => {
  expect(spreadOf([7])).toEqual({ count: 1, median: 7, min: 7, max: 7 });
});

test('the median of no values is an error', () => {
  expect(() => spreadOf([])).toThrow(new RangeError('there is no median of no values'));
});

test('a percentile is a measured value by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
  expect(percentileOf(hundred, 99)).toBe(99);
  expect(percentileOf(hundred, 50)).toBe(50);
  expect(percentileOf(hundred, 100)).toBe(100);
  expect(percentileOf([10, 9], 99)).toBe(10);
  expect(percentileOf([7], 1)).toBe(7);
});

test('the percentile of no values is an error', () => {
  expect(() => percentileOf([], 99)).toThrow(new RangeError('there is no 99th percentile of 0 values'));
});

import { expect, test } from 'vitest';
import { countsHeaderLimits, deadlineOfTimeoutZero, knowsErrorResponse } from './ext-authz.ts';

test('error_response and the counter of header limits came with 1.37.0', () => {
  expect(['1.36.4', '1.37.0', '1.40.0'].map(knowsErrorResponse)).toEqual([false, true, true]);
  expect(['1.36.4', '1.37.0', '1.40.0'].map(countsHeaderLimits)).toEqual([false, true, true]);
});

test('a timeout of zero stopped being a deadline of zero with 1.38', () => {
  expect(['1.36.4', '1.37.0', '1.38.2', '1.40.0'].map(deadlineOfTimeoutZero)).toEqual([
    ...['0m', '0m'],
    ...[undefined, undefined],
  ]);
});

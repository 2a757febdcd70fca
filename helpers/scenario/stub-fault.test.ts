import { expect, test } from 'vitest';
import { faultyAnswers } from './stub-fault.ts';

const ANSWERS = { '/a': [{ n: 1 }, { n: 2 }], '*': [{ n: 3 }] } as const;

test('a stub with a fault gives one answer to every call, or the first of several', () => {
  expect(faultyAnswers<{ n: number }>(ANSWERS, { always: { n: 9 } })).toEqual({
    '/a': [{ n: 9 }, { n: 9 }],
    '*': [{ n: 9 }],
  });
  expect(faultyAnswers<{ n: number }>(ANSWERS, { repeatsFirst: true })).toEqual({ '/a': [{ n: 1 }], '*': [{ n: 3 }] });
  expect(faultyAnswers<{ n: number }>(ANSWERS, {})).toEqual(ANSWERS);
});

import { expect, test } from 'vitest';
import { byPath, mapAnswers } from './answers-by-path.ts';

test('one answer is for every path', () => {
  expect(byPath({ status: 200 })).toEqual({ '*': [{ status: 200 }] });
});

test('paths that are not configured keep the answers of the scenario', () => {
  expect(byPath({ '/a': [{ status: 500 }] }, { status: 200 })).toEqual({
    '/a': [{ status: 500 }],
    '*': [{ status: 200 }],
  });
  expect(byPath({ status: 500 }, { '/a': [{ status: 401 }] })).toEqual({ '*': [{ status: 500 }] });
});

test('a change applies to each answer', () => {
  const changed = mapAnswers({ '/a': [{ n: 1 }, { n: 2 }], '*': [{ n: 3 }] }, ({ n }) => ({ n: n * 10 }));
  expect(changed).toEqual({ '/a': [{ n: 10 }, { n: 20 }], '*': [{ n: 30 }] });
});

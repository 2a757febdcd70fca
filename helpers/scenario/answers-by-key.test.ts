import { expect, test } from 'vitest';
import { byKey, mapAnswers } from './answers-by-key.ts';

test('one answer is for every path', () => {
  expect(byKey({ status: 200 })).toEqual({ '*': [{ status: 200 }] });
});

test('paths that are not configured keep the answers of the scenario', () => {
  expect(byKey({ '/a': [{ status: 500 }] }, { status: 200 })).toEqual({
    '/a': [{ status: 500 }],
    '*': [{ status: 200 }],
  });
  expect(byKey({ status: 500 }, { '/a': [{ status: 401 }] })).toEqual({ '*': [{ status: 500 }] });
});

test('a change applies to each answer', () => {
  const changed = mapAnswers({ '/a': [{ n: 1 }, { n: 2 }], '*': [{ n: 3 }] }, ({ n }) => ({ n: n * 10 }));
  expect(changed).toEqual({ '/a': [{ n: 10 }, { n: 20 }], '*': [{ n: 30 }] });
});

test('answers without one for other calls are an error', () => {
  expect(() => byKey({ '/a': [{ status: 500 }] })).toThrow('add the key "*"');
});

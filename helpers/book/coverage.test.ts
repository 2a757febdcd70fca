import { expect, test } from 'vitest';
import { sampleChapter, sampleClaim } from '../record/sample.ts';
import { coverageOf } from './coverage.ts';

const covered = (...claims: Parameters<typeof sampleClaim>[0][]) =>
  coverageOf('original-dst', ['a', 'b'], [sampleChapter(claims.map(sampleClaim))]);

test('a record covers a chapter whose declared claims all passed', () => {
  expect(covered({ title: 'a' }, { title: 'b' })).toEqual({ slug: 'original-dst', notPassed: [] });
});

test('a claim that failed is named, and the chapter is not covered', () => {
  expect(covered({ title: 'a', outcome: 'failed' }, { title: 'b' })).toEqual({
    slug: 'original-dst',
    notPassed: ['original-dst: "a" ended with failed'],
    uncovered: '1 claim did not pass',
  });
});

test('skipped, missing and undeclared claims are reasons', () => {
  expect(covered({ title: 'a', outcome: 'skipped', reason: 'no TPROXY' }, { title: 'c' })).toEqual({
    slug: 'original-dst',
    notPassed: [],
    uncovered: '1 claim skipped (no TPROXY); 1 claim not in the record, such as "b"; 1 claim not declared, such as "c"',
  });
  expect(coverageOf('tcp-proxy', ['a'], []).uncovered).toBe('the record does not have the chapter');
});

import { expect, test } from 'vitest';
import { subjectOf } from './subject.ts';

test('the subject of an assertion is the first argument of expect', () => {
  expect(subjectOf('expect(accessLog).toEqual([')).toBe('accessLog');
  expect(subjectOf('expect( a[0]?.b, "after (a) reload", ).toBe(2)')).toBe('a[0]?.b');
  expect(subjectOf("expect(await countersOf(lab, ')')).toMatchObject({")).toBe("countersOf(lab, ')')");
});

test('a long expression and one without an end have no subject', () => {
  expect(subjectOf(`expect([${'plain, '.repeat(20)}].map(({ reply }) => reply)).toEqual([`)).toBeUndefined();
  expect(subjectOf('expect(')).toBeUndefined();
});

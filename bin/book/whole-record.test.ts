import { expect, test } from 'vitest';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../../helpers/record/sample.ts';
import { isWhole } from './whole-record.ts';

const DECLARED = new Map([['original-dst', [{ title: 'a', changes: [] }]]]);

test('a record is whole where every claim that is declared held, and no other one did', () => {
  const whole = (claims: Parameters<typeof sampleClaim>[0][]): boolean =>
    isWhole(sampleEnvoy([sampleChapter(claims.map(sampleClaim))]), DECLARED);
  expect(whole([{ title: 'a' }])).toBe(true);
  expect(whole([{ title: 'a', outcome: 'failed' }])).toBe(false);
  expect(whole([{ title: 'a', outcome: 'skipped' }])).toBe(false);
  expect(whole([{ title: 'a' }, { title: 'gone by now' }])).toBe(false);
  expect(whole([])).toBe(false);
  expect(isWhole(sampleEnvoy([]), DECLARED)).toBe(false);
});

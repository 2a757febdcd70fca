import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { type Plan, proveChapter, proveFault } from '../../helpers/record/proof.ts';
import type { ClaimRecord } from '../../helpers/record/record.ts';
import { sampleChapter, sampleClaim } from '../../helpers/record/sample.ts';
import { describeProblems, describeTable, describeTrial } from './proof-text.ts';

const PLAN: Plan = {
  slug: 'alpha',
  faults: ['no rule', 'no stub'],
  declaredFaults: ['no rule', 'no stub'],
  claims: ['a', 'b'].map((title) => ({ title, changes: [] })),
  kills: { kills: { 'no rule': ['a'], 'no stub': ['b'] } },
};

const trial = (fault: string, ...outcomes: ClaimRecord['outcome'][]) => ({
  ...sampleChapter(
    outcomes.map((outcome, at) =>
      sampleClaim({
        title: 'ab'[at] ?? '',
        outcome,
        ...(outcome !== 'passed' && { error: 'expected 1 to be 2\nat x' }),
      }),
    ),
    { slug: 'alpha' },
  ),
  fault,
});

const good = [trial('no rule', 'failed', 'passed'), trial('no stub', 'passed', 'failed')];
const bad = [trial('no rule', 'passed', 'failed'), trial('no stub', 'error', 'failed')];

test('the table has claims down and faults across', () => {
  expect(stripVTControlCharacters(describeTable(proveChapter(PLAN, good)))).toBe(
    `alpha
   1 no rule
   2 no stub
  1 2
  ● ·  a
  · ●  b`,
  );
  expect(stripVTControlCharacters(describeTable(proveChapter(PLAN, bad)))).toMatch(/ {2}✗ \? {2}a\n {2}! ● {2}b$/);
});

test('a claim that does not run with a fault is blank, and not counted', () => {
  const plan = {
    ...PLAN,
    cover: new Map([
      ['no rule', ['a']],
      ['no stub', ['b']],
    ]),
  };
  expect(stripVTControlCharacters(describeTable(proveChapter(plan, good)))).toMatch(/ {2}● {4}a\n {4}● {2}b$/);
  const record = trial('no rule', 'failed');
  const proof = proveFault(plan, record.fault, record);
  const line = describeTrial(proof, { record, ms: 1, complete: true }, { progress: '1/2', verbose: false });
  expect(line).toContain('detected by 1 of 1 claim');
});

test('a difference has its fault, its claim, what was expected and what was seen', () => {
  expect(describeProblems(proveChapter(PLAN, good))).toBe('');
  expect(stripVTControlCharacters(describeProblems(proveChapter(PLAN, bad)))).toBe(
    `alpha differs from suites/alpha/kills.json
  ✗ no rule
    passed, but expected to fail:
      a
    failed, but expected to pass:
      b
  ✗ no stub
    ended in an error, but expected to pass:
      a`,
  );
});

test('a trial is one line with the progress, and the first line of each error that was not expected', () => {
  const line = (record = good[0], verbose = false) => {
    if (!record) throw new Error('no trial');
    const fault = proveFault(PLAN, 'no rule', record);
    return stripVTControlCharacters(
      describeTrial(fault, { record, ms: 1500, complete: true }, { progress: '1/2', verbose }),
    );
  };
  expect(line()).toBe('✓ 1/2 alpha: no rule  detected by 1 of 2 claims  1.5 s');
  expect(line(bad[0])).toBe(`✗ 1/2 alpha: no rule  detected by 1 of 2 claims  1.5 s
    passed, but expected to fail:
      a
    failed, but expected to pass:
      b
        expected 1 to be 2`);
  expect(line(good[0], true)).toBe(`✓ 1/2 alpha: no rule  detected by 1 of 2 claims  1.5 s
  ● a
      expected 1 to be 2
      at x
  · b`);
});

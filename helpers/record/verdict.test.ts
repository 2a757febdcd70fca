import { expect, test } from 'vitest';
import { OutcomeError, SetupError } from '../util/errors.ts';
import type { ClaimRecord } from './record.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from './sample.ts';
import { outcomeOfClaim, outcomeOfErrors, outcomeOfRun } from './verdict.ts';

function thrownBy(act: () => void): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it threw nothing');
}

const lab = new SetupError('lab', 'the container stopped');

test('an assertion fails a claim, also where a matcher rejects the type of its value', () => {
  const asserted = [
    thrownBy(() => expect(1).toBe(2)),
    thrownBy(() => expect(undefined).toMatch(/a/)),
    thrownBy(() => expect(undefined).toBeGreaterThan(1)),
    new OutcomeError('Envoy became live, but was expected to end'),
  ];
  expect(asserted.map((error) => outcomeOfErrors([error]))).toEqual(asserted.map(() => 'failed'));
});

test('any other error breaks a claim: lab trouble, a mistake in its code, a timeout, none at all', () => {
  for (const error of [lab, new TypeError('x is undefined'), new Error('Test timed out in 60000ms.')])
    expect(outcomeOfErrors([error])).toBe('error');
  expect(outcomeOfErrors([])).toBe('error');
});

test('the first error decides', () => {
  const asserted = thrownBy(() => expect(1).toBe(2));
  expect(outcomeOfErrors([asserted, lab])).toBe('failed');
  expect(outcomeOfErrors([lab, asserted])).toBe('error');
});

test('the state of a test that did not fail decides alone', () => {
  expect((['passed', 'skipped', 'pending'] as const).map((state) => outcomeOfClaim(state, [lab]))).toEqual([
    ...['passed', 'skipped', 'running'],
  ]);
  expect(outcomeOfClaim('failed', [lab])).toBe('error');
});

const chapters = (...all: ClaimRecord['outcome'][]) => [sampleChapter(all.map((outcome) => sampleClaim({ outcome })))];

test.each([
  { claims: [], outcome: 'passed' },
  { claims: ['passed', 'passed'], outcome: 'passed' },
  { claims: ['passed', 'skipped'], outcome: 'partial' },
  { claims: ['skipped', 'error', 'passed'], outcome: 'error' },
  { claims: ['error', 'failed', 'skipped'], outcome: 'failed' },
] as const)('a run of $claims is $outcome', ({ claims, outcome }) => {
  expect(outcomeOfRun({ envoys: [sampleEnvoy(chapters(...claims))], errors: [] })).toBe(outcome);
});

test('an error outside every claim breaks a run, but does not hide that a claim failed', () => {
  expect(outcomeOfRun({ envoys: [sampleEnvoy(chapters('passed'))], errors: ['a rejection'] })).toBe('error');
  expect(outcomeOfRun({ envoys: [sampleEnvoy(chapters('failed'))], errors: ['a rejection'] })).toBe('failed');
});

import { expect, test } from 'vitest';
import type { ClaimRecord } from './record.ts';
import { sampleChapter, sampleClaim } from './sample.ts';
import { judgeAlike, type Swept, staleReasons, sweptOf, unlikeBatches } from './sweep.ts';

const trial = (...outcomes: ClaimRecord['outcome'][]) =>
  sampleChapter(outcomes.map((outcome) => sampleClaim({ outcome, error: 'expected 1 to be 2\nat x' })));

test('a claim that failed detects a mutation, whatever else broke', () => {
  expect(sweptOf(trial('error', 'failed', 'skipped'), 'no matter')).toEqual({
    outcome: 'detected',
    by: 'the address dialled wins: expected 1 to be 2',
  });
});

test('where the lab does not start the mutation is refused; a claim that broke in a lab is an error', () => {
  const { labStartMs: _, ...notStarted } = trial('error');
  expect(sweptOf(notStarted)).toEqual({ outcome: 'refused', by: 'expected 1 to be 2' });
  expect(sweptOf(trial('passed', 'error')).outcome).toBe('error');
  expect(sweptOf(trial()).outcome).toBe('error');
});

test('a mutation that no claim detects survived, or is accepted for a reason', () => {
  expect(sweptOf(trial('passed'))).toEqual({ outcome: 'survived' });
  expect(sweptOf(trial('passed'), 'the default')).toEqual({ outcome: 'accepted', by: 'the default' });
});

test('a reason is stale where its mutation is detected or unknown, not where its chapter was not swept', () => {
  const swept: Swept[] = [
    { slug: 'alpha', fault: 'a is 1', outcome: 'accepted' },
    { slug: 'alpha', fault: 'b is 2', outcome: 'detected' },
  ];
  const accepted = new Map([
    ['alpha', ['a is 1', 'b is 2', 'c is 3']],
    ['beta', ['d is 4']],
  ]);
  expect(staleReasons(swept, accepted, [/^a/, /^b/, /^z/])).toEqual([
    ...['alpha: b is 2', 'alpha: c is 3', 'every chapter: /^b/'],
  ]);
});

test('what chapters have alike survives where none of them detects it', () => {
  const swept: Swept[] = [
    { slug: 'alpha', fault: 'a', outcome: 'survived' },
    { slug: 'beta', fault: 'a', outcome: 'detected' },
    { slug: 'alpha', fault: 'b', outcome: 'survived' },
    { slug: 'beta', fault: 'own', outcome: 'survived' },
  ];
  const judged = (whole: boolean) =>
    judgeAlike(swept, ({ fault }) => (fault === 'own' ? undefined : fault), whole).map(({ outcome }) => outcome);
  expect(judged(true)).toEqual(['accepted', 'detected', 'survived', 'survived']);
  expect(judged(false)).toEqual(['accepted', 'detected', 'accepted', 'survived']);
});

test('alike trials run in different batches; one that was detected in a batch before is left out', () => {
  const keys: Record<string, string> = { a1: 'a', a2: 'a', a3: 'a', b1: 'b', b2: 'b' };
  const detected = new Set<string>();
  const batches: string[][] = [];
  for (const batch of unlikeBatches(
    ['a1', 'a2', 'x', 'b1', 'a3', 'b2', 'y'],
    (trial) => keys[trial],
    (key) => detected.has(key),
  )) {
    batches.push(batch);
    detected.add('b');
  }
  expect(batches).toEqual([['a1', 'x', 'b1', 'y'], ['a2'], ['a3']]);
});

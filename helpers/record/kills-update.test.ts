import { expect, test } from 'vitest';
import { CHANGES } from '../envoy/known-changes.ts';
import { type Kills, killedBy } from './kills.ts';
import { updatedKills, updateOf } from './kills-update.ts';
import { type Plan, proveChapter } from './proof.ts';
import type { ClaimRecord } from './record.ts';
import { sampleChapter, sampleClaim } from './sample.ts';

const KILLS: Kills = {
  kills: { 'no rule': ['a', 'b'], 'no stub': ['c'] },
  before: {
    errorResponse: { killed: { 'no stub': ['a'] }, survived: { 'no rule': ['b'] } },
    hideTransportFailureReason: { killed: { 'no rule': ['c'] } },
  },
};

const { errorResponse, hideTransportFailureReason } = CHANGES;
const claims = [
  { title: 'a', changes: [errorResponse] },
  { title: 'b', changes: [errorResponse, hideTransportFailureReason] },
  { title: 'c', changes: [hideTransportFailureReason] },
  { title: 'd', changes: [] },
];
const faults = ['no rule', 'no stub'];
const measured = (matrix: Record<string, string[]>) => faults.map((name) => ({ name, killed: matrix[name] ?? [] }));

test('on the newest version the matrix is replaced, in declared order, and undeclared names are dropped', () => {
  const known: Kills = { ...KILLS, kills: { ...KILLS.kills, 'of yore': ['z'] } };
  const killed = measured({ 'no rule': ['d', 'b', 'a'], 'no stub': ['d'] });
  expect(updatedKills(known, killed, claims)).toEqual({
    kills: { kills: { 'no rule': ['a', 'b', 'd'], 'no stub': ['d'] }, ...(KILLS.before && { before: KILLS.before }) },
    unexplained: [],
  });
});

test('a difference that the newest matrix has too, or that its claim does not declare, is dropped', () => {
  const killed = measured({ 'no rule': ['a', 'c'], 'no stub': ['a', 'b'] });
  const undeclaring = claims.map(({ title, changes }) => ({ title, changes: title === 'c' ? [] : changes }));
  expect(updatedKills(KILLS, killed, undeclaring).kills).toEqual({
    kills: { 'no rule': ['a', 'c'], 'no stub': ['a', 'b'] },
  });
});

test('on an older version a difference stands before the oldest declared change that the version lacks', () => {
  const known: Kills = { kills: { 'no rule': ['a', 'b'], 'no stub': ['c', 'd'] } };
  const on = (older: string, matrix: Record<string, string[]>) => updatedKills(known, measured(matrix), claims, older);
  const old = on('1.36.4', { 'no rule': ['a'], 'no stub': ['b', 'd'] });
  expect(old).toEqual({
    kills: {
      kills: known.kills,
      before: {
        errorResponse: { survived: { 'no rule': ['b'] }, killed: { 'no stub': ['b'] } },
        hideTransportFailureReason: { survived: { 'no stub': ['c'] } },
      },
    },
    unexplained: [],
  });
  expect(killedBy(old.kills, 'no stub', ['a', 'b', 'c', 'd'], '1.36.4')).toEqual(['b', 'd']);
  expect(on('1.38.0', { 'no rule': ['a'], 'no stub': ['c', 'd'] }).kills.before).toEqual({
    hideTransportFailureReason: { survived: { 'no rule': ['b'] } },
  });
});

test('on an older version a difference that no declared change explains stays unexplained', () => {
  const killed = measured({ 'no rule': ['b'], 'no stub': ['c'] });
  expect(updatedKills(KILLS, killed, claims, '1.38.1')).toEqual({
    kills: KILLS,
    unexplained: [{ fault: 'no rule', title: 'a', killed: false }],
  });
});

/** What `prove --update` does with a chapter whose claims ended like this under each fault. */
function update(
  outcomes: Record<string, ClaimRecord['outcome'][]>,
  { older, ...change }: Partial<Plan> & { older?: string } = {},
) {
  const plan: Plan = {
    ...{ slug: 'alpha', faults, declaredFaults: faults, kills: KILLS },
    claims: claims.slice(0, 2),
    ...change,
  };
  const trials = Object.entries(outcomes).map(([fault, ended]) =>
    sampleChapter(
      ended.map((outcome, at) =>
        sampleClaim({
          title: 'abcd'[at] ?? '',
          outcome,
          ...(outcome === 'error' && { error: 'lab alpha: gone\nat x' }),
        }),
      ),
      { slug: 'alpha', fault },
    ),
  );
  return updateOf(plan, proveChapter(plan, trials, older), older);
}

test('where every fault kills a claim and every claim is killed, the matrix is written', () => {
  expect(update({ 'no rule': ['failed', 'passed'], 'no stub': ['passed', 'failed'] })).toMatchObject({
    kills: { kills: { 'no rule': ['a'], 'no stub': ['b'] } },
  });
});

test.each([
  {
    what: 'a fault that no claim detects, and a claim that detects no fault any more',
    outcomes: { 'no rule': ['failed', 'passed'], 'no stub': ['passed', 'passed'] },
    refusals: ['no claim detects fault "no stub"', 'claim "b" detects no fault'],
  },
  {
    what: 'a trial that ended in an error',
    outcomes: { 'no rule': ['failed', 'passed'], 'no stub': ['error', 'error'] },
    refusals: ['the trial of "no stub" ended in an error: claim "a", and 1 more: lab alpha: gone'],
  },
  {
    what: 'a chapter that did not load',
    outcomes: { 'no rule': ['failed', 'failed'] },
    refusals: ['the trial of "no stub" ended in an error: claim "a", and 1 more: it did not run'],
  },
  {
    what: 'a trial that was skipped',
    outcomes: { 'no rule': ['failed', 'failed'], 'no stub': ['skipped', 'skipped'] },
    refusals: ['fault "no stub" was skipped: this machine lacks a capability'],
  },
] as const)('nothing is written after $what', ({ outcomes, refusals }) => {
  const copied = Object.fromEntries(Object.entries(outcomes).map(([name, ended]) => [name, [...ended]]));
  expect(update(copied)).toEqual({ refusals });
});

test('on an older version nothing is written where kills.json is out of date, or where no change explains a difference', () => {
  const outcomes = {
    'no rule': ['failed' as const, 'passed' as const],
    'no stub': ['passed' as const, 'failed' as const],
  };
  expect(update(outcomes, { older: '1.36.4' })).toEqual({
    refusals: ['kills.json names claim "c", which is not declared'],
  });
  const kills = { kills: { 'no rule': ['a'], 'no stub': ['a', 'b'] } };
  expect(update(outcomes, { older: '1.39.1', kills })).toEqual({
    refusals: [
      'claim "a" does not detect fault "no stub" on 1.39.1, and the claim declares no change after that version',
    ],
  });
});

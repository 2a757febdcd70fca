import { expect, test } from 'vitest';
import { fateOf, holds, type Plan, proveChapter } from './proof.ts';
import type { ClaimRecord } from './record.ts';
import { sampleChapter, sampleClaim } from './sample.ts';

const PLAN: Plan = {
  slug: 'alpha',
  faults: ['no rule', 'no stub'],
  declaredFaults: ['no rule', 'no stub'],
  claims: ['a', 'b'].map((title) => ({ title, changes: [] })),
  kills: {
    kills: { 'no rule': ['a'], 'no stub': ['b'] },
    before: { errorResponse: { killed: { 'no rule': ['b'] } } },
  },
};

const trial = (fault: string, a: ClaimRecord['outcome'], b: ClaimRecord['outcome']) =>
  sampleChapter([sampleClaim({ title: 'a', outcome: a }), sampleClaim({ title: 'b', outcome: b })], { fault });

const caught = [trial('no rule', 'failed', 'passed'), trial('no stub', 'passed', 'failed')];

test('a failed claim is killed, a passed one survived; one that ended in an error or did not run is an error', () => {
  const fates = (outcome: ClaimRecord['outcome']) => fateOf(trial('', outcome, 'passed'), 'a');
  expect((['failed', 'passed', 'skipped', 'error', 'running'] as const).map(fates)).toEqual([
    ...['killed', 'survived', 'skipped', 'error', 'error'],
  ]);
  expect([fateOf(caught[0], 'c'), fateOf(undefined, 'a')]).toEqual(['error', 'error']);
});

test('a proof holds where each trial ends as kills.json has it', () => {
  const proof = proveChapter(PLAN, caught);
  expect(holds(proof)).toBe(true);
  expect(proof.claims).toEqual([
    { title: 'a', killedBy: ['no rule'] },
    { title: 'b', killedBy: ['no stub'] },
  ]);
});

test('each claim that ends in another way is a difference, with what was expected', () => {
  const [noRule, noStub] = proveChapter(PLAN, [trial('no rule', 'passed', 'failed')]).faults;
  expect(noRule?.differences).toEqual([
    { claim: 'a', expected: 'killed', actual: 'survived' },
    { claim: 'b', expected: 'survived', actual: 'killed' },
  ]);
  expect(noStub?.differences.map(({ actual }) => actual)).toEqual(['error', 'error']);
});

test('what is expected depends on the version', () => {
  expect(holds(proveChapter(PLAN, caught, '1.37.0'))).toBe(true);
  expect(holds(proveChapter(PLAN, caught, '1.36.4'))).toBe(false);
  expect(holds(proveChapter(PLAN, [trial('no rule', 'failed', 'failed'), ...caught.slice(1)], '1.36.4'))).toBe(true);
});

test('with a cover, each fault is held against its own claims, and a claim against its own fault', () => {
  const cover = new Map([
    ['no rule', ['a']],
    ['no stub', ['b']],
  ]);
  const other = [trial('no rule', 'failed', 'failed'), trial('no stub', 'failed', 'failed')];
  expect(holds(proveChapter(PLAN, other))).toBe(false);
  expect(holds(proveChapter({ ...PLAN, cover }, other))).toBe(true);
  const survived = proveChapter({ ...PLAN, cover }, [trial('no rule', 'passed', 'passed'), ...other.slice(1)]);
  expect(survived.gaps).toEqual(['no claim detects fault "no rule"', 'claim "a" detects no fault']);
});

test('a fault that no claim detects and a claim that detects no fault are gaps, whatever kills.json has', () => {
  const kills = { kills: { 'no rule': ['a'], 'no stub': [] } };
  const trials = [trial('no rule', 'failed', 'passed'), trial('no stub', 'passed', 'passed')];
  const proof = proveChapter({ ...PLAN, kills }, trials);
  expect(proof.faults.flatMap(({ differences }) => differences)).toEqual([]);
  expect(proof.gaps).toEqual(['no claim detects fault "no stub"', 'claim "b" detects no fault']);
  expect(holds(proof)).toBe(false);
  // Not all faults were tried.
  expect(proveChapter({ ...PLAN, faults: ['no rule'] }, trials).gaps).toEqual([]);
});

test('a kills.json that is missing, or that has a name which is not declared, does not hold', () => {
  const { kills: _, ...without } = PLAN;
  expect(proveChapter(without, caught).mismatches).toEqual(['kills.json is missing']);
  const renamed = proveChapter({ ...PLAN, claims: [{ title: 'a', changes: [] }] }, caught);
  expect(renamed.mismatches).toEqual(['kills.json names claim "b", which is not declared']);
  expect(holds(renamed)).toBe(false);
});

test('a chapter that this machine cannot run proves nothing, and is no failure', () => {
  const proof = proveChapter(
    PLAN,
    PLAN.faults.map((name) => trial(name, 'skipped', 'skipped')),
  );
  expect(proof.faults.map(({ skipped }) => skipped)).toEqual([true, true]);
  expect(holds(proof)).toBe(true);
});

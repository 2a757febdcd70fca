import { expect, test } from 'vitest';
import { markOf, prove, type Trial, type TrialClaim } from './proof.ts';

function trial(mustFail: string[], outcomes: Record<string, TrialClaim['outcome']>): Trial {
  const claims = Object.entries(outcomes).map(([title, outcome]) => ({ title, outcome }));
  return { slug: 'tproxy', name: 'the mark is 0x2', mustFail, claims };
}

test('a fault is caught where the claims that it names fail, and all others hold', () => {
  const caught = (mustFail: string[], outcomes: Record<string, TrialClaim['outcome']>) =>
    prove([{ slug: 'tproxy', claims: ['a', 'b'], trials: [trial(mustFail, outcomes)] }]).faults[0]?.caught;
  expect(caught(['a'], { a: 'failed', b: 'held' })).toBe(true);
  expect(caught(['a'], { a: 'held', b: 'held' })).toBe(false);
  expect(caught(['a'], { a: 'failed', b: 'failed' })).toBe(false);
  expect(caught(['a'], { a: 'broken', b: 'held' })).toBe(false);
  expect(caught(['a'], { a: 'failed', b: 'broken' })).toBe(false);
  expect(caught(['a'], {})).toBe(false);
});

test('a claim is killed by the faults that name it and fail it', () => {
  const trials = [
    trial(['a'], { a: 'failed', b: 'failed' }),
    { ...trial(['b'], { a: 'held', b: 'held' }), name: 'no guard' },
  ];
  expect(prove([{ slug: 'tproxy', claims: ['a', 'b'], trials }]).claims).toEqual([
    { slug: 'tproxy', title: 'a', killedBy: ['the mark is 0x2'] },
    { slug: 'tproxy', title: 'b', killedBy: [] },
  ]);
});

test('each claim has a mark for what a fault did to it', () => {
  const tried = trial(['a', 'b', 'c'], { a: 'failed', b: 'held', c: 'broken', d: 'failed', e: 'held', f: 'skipped' });
  expect([...'abcdefg'].map((title) => markOf(tried, title))).toEqual([
    ...['killed', 'missed', 'broken'],
    ...['unnamed', 'held', 'skipped', 'broken'],
  ]);
});

test('a chapter that this machine cannot run proves nothing', () => {
  const [judged] = prove([{ slug: 'tproxy', claims: ['a'], trials: [trial(['a'], { a: 'skipped' })] }]).faults;
  expect(judged).toMatchObject({ caught: false, skipped: true });
});

import { expect, test } from 'vitest';
import { emptyObservation } from '../exchange/observation.ts';
import type { ChapterRecord, EnvoyRecord } from '../record/record.ts';
import { compareRecords } from './compare.ts';
import { entriesOf } from './entries.ts';
import { causeLines, claimsUntil, type GuardFindings, isAsA, targetsOf } from './guard-causes.ts';

/** A record of chapters, each with one claim of one exchange per counter. */
function recordWith(chapters: Record<string, number[]>): EnvoyRecord {
  return {
    name: 'a',
    chapters: Object.entries(chapters).map(([slug, counters]): ChapterRecord => {
      const observations = counters.map((x, at) => ({ ...emptyObservation(`GET ${at}`), stats: { 'http.in.x': x } }));
      const claim = { title: 'claim', outcome: 'passed' as const, durationMs: 1, observations };
      return { slug, title: slug, requirement: '', topology: '', claims: [claim] };
    }),
  };
}
const [A, B] = [recordWith({ one: [1, 1], two: [1] }), recordWith({ one: [2, 2], two: [2] })];
const targets = targetsOf(entriesOf(compareRecords(A, B, []).differences));

test('a change in several chapters is one target, with its places in one of them', () => {
  expect(targets).toMatchObject([{ slug: 'one', places: [{ exchange: 'GET 0' }, { exchange: 'GET 1' }] }]);
});

test('a run is as A where it has the values of A at every place', () => {
  const isAs = (one: number[]): boolean[] => targets.map((target) => isAsA(target, A, recordWith({ one })));
  expect(isAs([1, 1])).toEqual([true]);
  expect(isAs([1, 2])).toEqual([false]);
  expect(isAs([2, 2])).toEqual([false]);
});

test('a run that lacks an exchange, the claim or the chapter is not as A', () => {
  const without = recordWith({ one: [] });
  const [chapter] = without.chapters;
  const unclaimed = { ...without, chapters: chapter ? [{ ...chapter, claims: [] }] : [] };
  for (const run of [recordWith({ one: [1] }), unclaimed, recordWith({ two: [1] })]) {
    expect(targets.map((target) => isAsA(target, A, run))).toEqual([false]);
  }
});

test('an entry has a line for each cause of its places', () => {
  const [first, second, third] = compareRecords(A, B, []).differences;
  if (!first || !second || !third) throw new Error('expected three differences');
  const guard = { kind: 'guard', guard: 'envoy.reloadable_features.x', value: false } as const;
  const findings: GuardFindings = { guards: 3, runs: 9, ms: 4000, causes: new Map([[first, guard]]) };
  const line = 'guard: envoy.reloadable_features.x; with false, as a (seen with and without it, twice each)';
  expect(causeLines([first, second], findings, 'a')).toEqual([line]);
  findings.causes.set(third, { ...guard });
  expect(causeLines([second], findings, 'a')).toEqual([]);
  findings.causes.set(second, { kind: 'no guard' });
  expect(causeLines([first, second], findings, 'a')).toEqual([
    `${line} (1 difference)`,
    'guard: no guard explains it (1 difference)',
  ]);
  expect(causeLines([first], undefined, 'a')).toEqual([]);
});

test('a chapter runs up to the last claim of a target, in file order only', () => {
  const titles = ['first', 'second', 'third'];
  const record = (stats: number): EnvoyRecord => {
    const claims = titles.map((title) => ({
      ...{ title, outcome: 'passed' as const, durationMs: 1 },
      observations: [{ ...emptyObservation('GET'), stats: { x: title === 'second' ? stats : 1 } }],
    }));
    return { name: 'a', chapters: [{ slug: 'one', title: 'one', requirement: '', topology: '', claims }] };
  };
  const [a, b] = [record(1), record(2)];
  const found = targetsOf(entriesOf(compareRecords(a, b, []).differences));
  const claimed = (variant: { inOrder?: true }): string[] => claimsUntil(found, b, variant).map(({ title }) => title);
  expect(claimed({ inOrder: true })).toEqual(['first', 'second']);
  expect(claimed({})).toEqual(titles);
});

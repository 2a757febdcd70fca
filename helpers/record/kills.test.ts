import { expect, test } from 'vitest';
import { CHANGES } from '../envoy/known-changes.ts';
import { UsageError } from '../util/errors.ts';
import { formatKills, type Kills, killedBy, parseKills, undeclaredIn, updatedKills } from './kills.ts';

const KILLS: Kills = {
  kills: { 'no rule': ['a', 'b'], 'no stub': ['c'] },
  before: {
    // Since 1.37.0 and since 1.38.1.
    errorResponse: { killed: { 'no stub': ['a'] }, survived: { 'no rule': ['b'] } },
    hiddenFailureReason: { killed: { 'no rule': ['c'] } },
  },
};

test.each([
  [undefined, ['a', 'b'], ['c']],
  ['1.40.0', ['a', 'b'], ['c']],
  ['1.38.1', ['a', 'b'], ['c']],
  ['1.37.0', ['a', 'b', 'c'], ['c']],
  ['1.36.4', ['a', 'c'], ['a', 'c']],
])('on %s the changes that a version lacks are applied to the matrix', (version, noRule, noStub) => {
  const killed = (fault: string) => killedBy(KILLS, fault, ['a', 'b', 'c'], version);
  expect([killed('no rule'), killed('no stub')]).toEqual([noRule, noStub]);
});

test('a text is read back as it was written, and a bad one is rejected with its file', () => {
  expect(parseKills(formatKills(KILLS), 'kills.json')).toEqual(KILLS);
  for (const [text, why] of [
    ['{', /^kills\.json is not JSON \(.*\); write it with `prove --update`$/],
    ['{}', /^kills\.json has no "kills"/],
    ['{"kills":{},"before":{"magic":{}}}', /^kills\.json names unknown changes: magic/],
  ] as const) {
    expect(() => parseKills(text, 'kills.json')).toThrow(UsageError);
    expect(() => parseKills(text, 'kills.json')).toThrow(why);
  }
});

test('names that the chapter does not declare are found, also before a change', () => {
  expect(undeclaredIn(KILLS, ['no rule', 'no stub'], ['a', 'b', 'c'])).toEqual([]);
  expect(undeclaredIn(KILLS, ['no rule'], ['a', 'b'])).toEqual(['fault "no stub"', 'claim "c"']);
});

const { errorResponse, hiddenFailureReason } = CHANGES;
const claims = [
  { title: 'a', changes: [errorResponse] },
  { title: 'b', changes: [errorResponse, hiddenFailureReason] },
  { title: 'c', changes: [hiddenFailureReason] },
  { title: 'd', changes: [] },
];
const faults = ['no rule', 'no stub'];
const measured = (matrix: Record<string, string[]>) => (fault: string, title: string) =>
  matrix[fault]?.includes(title) ?? false;

test('on the newest version the matrix is replaced, in declared order, and undeclared names are dropped', () => {
  const known: Kills = { ...KILLS, kills: { ...KILLS.kills, 'of yore': ['z'] } };
  const killed = measured({ 'no rule': ['d', 'b', 'a'], 'no stub': ['d'] });
  expect(updatedKills(known, { faults, claims, killed })).toEqual({
    kills: { kills: { 'no rule': ['a', 'b', 'd'], 'no stub': ['d'] }, ...(KILLS.before && { before: KILLS.before }) },
    unexplained: [],
  });
});

test('a difference that the newest matrix has too, or that its claim does not declare, is dropped', () => {
  const killed = measured({ 'no rule': ['a', 'c'], 'no stub': ['a', 'b'] });
  const undeclaring = claims.map(({ title, changes }) => ({ title, changes: title === 'c' ? [] : changes }));
  expect(updatedKills(KILLS, { faults, claims: undeclaring, killed }).kills).toEqual({
    kills: { 'no rule': ['a', 'c'], 'no stub': ['a', 'b'] },
  });
});

test('on an older version a difference stands before the oldest declared change that the version lacks', () => {
  const known: Kills = { kills: { 'no rule': ['a', 'b'], 'no stub': ['c', 'd'] } };
  const on = (older: string, matrix: Record<string, string[]>) =>
    updatedKills(known, { faults, claims, killed: measured(matrix), older });
  const old = on('1.36.4', { 'no rule': ['a'], 'no stub': ['b', 'd'] });
  expect(old).toEqual({
    kills: {
      kills: known.kills,
      before: {
        errorResponse: { survived: { 'no rule': ['b'] }, killed: { 'no stub': ['b'] } },
        hiddenFailureReason: { survived: { 'no stub': ['c'] } },
      },
    },
    unexplained: [],
  });
  expect(killedBy(old.kills, 'no stub', ['a', 'b', 'c', 'd'], '1.36.4')).toEqual(['b', 'd']);
  expect(on('1.38.0', { 'no rule': ['a'], 'no stub': ['c', 'd'] }).kills.before).toEqual({
    hiddenFailureReason: { survived: { 'no rule': ['b'] } },
  });
});

test('on an older version a difference that no declared change explains stays unexplained', () => {
  const killed = measured({ 'no rule': ['b'], 'no stub': ['c'] });
  expect(updatedKills(KILLS, { faults, claims, killed, older: '1.38.1' })).toEqual({
    kills: KILLS,
    unexplained: [{ fault: 'no rule', title: 'a', killed: false }],
  });
});

import { expect, test } from 'vitest';
import { UsageError } from '../util/errors.ts';
import { formatKills, type Kills, killedBy, parseKills, undeclaredIn } from './kills.ts';

const KILLS: Kills = {
  kills: { 'no rule': ['a', 'b'], 'no stub': ['c'] },
  before: {
    // Since 1.37.0 and since 1.38.1.
    errorResponse: { killed: { 'no stub': ['a'] }, survived: { 'no rule': ['b'] } },
    hideTransportFailureReason: { killed: { 'no rule': ['c'] } },
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
    ['{', /^kills\.json is not JSON \(.*\); remove it, and `prove --update` writes it anew$/],
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

import { expect, test } from 'vitest';
import type { Explained } from '../compare/explain.ts';
import { readNotes } from '../envoy/release-notes.ts';
import { type Causes, causeOf } from './causes.ts';
import type { AskFinding } from './findings/ask-finding.ts';
import { sampleFinding } from './sample.ts';

const CHANGE = { since: '1.38.1', what: 'a change', source: 'release notes', shows: [] };
const NOTES = readNotes({
  '1.36.9': { bug_fixes: ['ext_authz'] },
  '1.37.0': { bug_fixes: ['lua', 'http'], minor_behavior_changes: ['ext_authz'], new_features: ['ext_authz'] },
});

function found(path: string, more: Partial<Explained> = {}): AskFinding {
  const difference: Explained = { slug: 's', claim: 'c', exchange: 'e', path, a: '1', b: '2', status: 'new', ...more };
  return { finding: sampleFinding(), differences: [difference] };
}

const causes = (each: AskFinding, kind?: 'guard' | 'no guard'): Causes => ({
  guards:
    kind &&
    new Map(each.differences.map((one) => [one, kind === 'guard' ? { kind, guard: 'g', value: false } : { kind }])),
  areas: new Set(['ext_authz', 'http']),
  versions: ['1.36.4', '1.37.0'],
  notes: NOTES,
});

test('a guard comes before a known change', () => {
  const each = found('replies[0].status', { change: CHANGE, status: 'known' });
  expect(causeOf(each, [each], causes(each, 'guard'))).toEqual({ kind: 'guard', guard: 'g', value: false });
  expect(causeOf(each, [each], causes(each, 'no guard'))).toMatchObject({ kind: 'known change', since: '1.38.1' });
});

test('without a guard and a known change, the release notes of areas that the config uses are named', () => {
  const each = found('checks[0].timeout');
  const cause = causeOf(each, [each], causes(each, 'no guard'));
  expect(cause).toMatchObject({ kind: 'release notes' });
  expect(cause?.kind === 'release notes' && cause.entries.map(({ version, area }) => `${version} ${area}`)).toEqual([
    '1.37.0 ext_authz',
    '1.36.9 ext_authz',
    '1.37.0 http',
  ]);
  expect(causeOf(each, [each], { ...causes(each, 'no guard'), areas: new Set() })).toEqual({ kind: 'no guard' });
});

test('nothing is said where no guard was looked for', () => {
  const each = found('replies[0].status');
  expect(causeOf(each, [each], causes(each))).toBeUndefined();
});

test('a header that is missing shares the known change of another one in the same response', () => {
  const header = (name: string, more: Partial<Explained> = {}): AskFinding => {
    const each = found(`replies[0].headers.${name}`, more);
    for (const one of each.differences) delete one.b;
    return each;
  };
  const [known, unknown] = [header('x-a', { change: CHANGE, status: 'known' }), header('x-b')];
  expect(causeOf(unknown, [known, unknown], causes(unknown))).toMatchObject({ kind: 'known change' });
  const elsewhere = header('x-b', { claim: 'other' });
  expect(causeOf(elsewhere, [known, elsewhere], causes(elsewhere))).toBeUndefined();
});

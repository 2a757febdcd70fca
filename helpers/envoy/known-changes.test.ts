import { expect, test } from 'vitest';
import { behavesAsSince, CHANGES, type Change, describeChange, hasChange, isSameChange } from './known-changes.ts';

test.each([
  ['1.37.0', '1.36.4', false],
  ['1.37.0', '1.37.0', true],
  ['1.37.0', '1.40.0', true],
  [['1.36.3', '1.37.1'], '1.36.2.post1', false],
  [['1.36.3', '1.37.1'], '1.36.3', true],
  [['1.36.3', '1.37.1'], '1.37.0', false],
  [['1.36.3', '1.37.1'], '1.38.0', true],
  [['1.36.3', '1.37.1'], '1.35.9', false],
] as const)('a change since %j, on %s: %s', (since, version, has) => {
  expect(hasChange({ since }, version)).toBe(has);
});

test('a guard that a change names and that is set decides instead of the version', () => {
  const change = { since: '1.39.0', source: 'release notes; runtime guard envoy.reloadable_features.x' };
  expect(behavesAsSince(change, '1.39.0')).toBe(true);
  expect(behavesAsSince(change, '1.39.0', { 'envoy.reloadable_features.x': false })).toBe(false);
  expect(behavesAsSince(change, '1.38.0', { 'envoy.reloadable_features.y': true })).toBe(false);
  expect(behavesAsSince(change, '1.38.0', { 'envoy.reloadable_features.x': true })).toBe(true);
});

test('every known change describes itself in a clause and names its source', () => {
  for (const { what, source } of Object.values<Change>(CHANGES)) {
    expect(what).toMatch(/^(Envoy |[a-z0-9%`]).*[^.]$/);
    expect(source).not.toBe('');
  }
});

test('a change is recognised by its pull request after its text was changed', () => {
  const pull = 'https://github.com/envoyproxy/envoy/pull/44746';
  const one = { what: 'the body is shorter', source: `release notes; ${pull}` };
  expect(isSameChange(one, { what: 'another text', source: `${pull}; guard x` })).toBe(true);
  expect(isSameChange(one, { ...one, source: 'undocumented' })).toBe(true);
  expect(isSameChange(one, { what: 'another text', source: `${pull}7` })).toBe(false);
  expect(isSameChange({ ...one, source: 'undocumented' }, { what: 'b', source: 'undocumented' })).toBe(false);
});

test('each known change has its own pull request', () => {
  const changes = Object.values<Change>(CHANGES);
  for (const change of changes) expect(changes.filter((other) => isSameChange(change, other))).toEqual([change]);
});

test('the description of a change has its versions, its text and its source', () => {
  expect(describeChange({ since: ['1.36.3', '1.37.1'], what: 'it counts', source: 'undocumented' })).toBe(
    'since 1.36.3 and 1.37.1: it counts (undocumented)',
  );
});

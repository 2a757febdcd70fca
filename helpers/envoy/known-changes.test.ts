import { expect, test } from 'vitest';
import { CHANGES, type Change, describeChange, hasChange } from './known-changes.ts';

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

test('every known change says what it is in a clause and names its source', () => {
  for (const { what, source } of Object.values<Change>(CHANGES)) {
    expect(what).toMatch(/^[a-z0-9%`].*[^.]$/);
    expect(source).not.toBe('');
  }
});

test('a change in words', () => {
  expect(describeChange({ since: ['1.36.3', '1.37.1'], what: 'it counts', source: 'undocumented' })).toBe(
    'since 1.36.3 and 1.37.1: it counts (undocumented)',
  );
});

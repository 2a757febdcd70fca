import { expect, test } from 'vitest';
import { wrapped } from './wrap.ts';

test('lines are as long as they may be, under each other', () => {
  expect(wrapped('a denied request gets 403', 14, '    ', '  · ')).toBe('  · a denied\n    request\n    gets 403');
});

test('a word that is too long is not cut, and one line stays one', () => {
  expect(wrapped('original-dst is long', 8)).toBe('original-dst\nis long');
  expect(wrapped('a b', Number.POSITIVE_INFINITY, '  ')).toBe('  a b');
});

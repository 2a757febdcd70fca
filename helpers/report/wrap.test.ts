import { expect, test } from 'vitest';
import { wrapped } from './wrap.ts';

test('lines are filled up to the width', () => {
  expect(wrapped('a denied request gets 403', 14, '    ', '  · ')).toBe('  · a denied\n    request\n    gets 403');
});

test('a word longer than the width is not cut', () => {
  expect(wrapped('original-dst is long', 8)).toBe('original-dst\nis long');
  expect(wrapped('a b', Number.POSITIVE_INFINITY, '  ')).toBe('  a b');
});

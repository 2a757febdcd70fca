import { expect, test } from 'vitest';
import { literal } from './literal.ts';

test('special characters of regular expressions are escaped', () => {
  const text = 'a.b*c+d?e^f$g{h}i(j)k|l[m]n\\o';
  expect(text).toMatch(new RegExp(`^${literal(text)}$`));
  expect('aXb').not.toMatch(new RegExp(`^${literal('a.b')}$`));
});

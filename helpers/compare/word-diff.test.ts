import { expect, test } from 'vitest';
import { marked, PLAIN } from './word-diff.ts';

test.each([
  ['a b c', 'a x c', 'a [-b-] c', 'a {+x+} c'],
  ['reset, reason: x', 'reset', 'reset[-, reason: x-]', 'reset'],
  ['100', '120', '[-100-]', '{+120+}'],
  ['aa', 'aaa', '[-aa-]', '{+aaa+}'],
  ['same', 'same', 'same', 'same'],
  ['', 'new', '', '{+new+}'],
])('%j beside %j', (a, b, one, other) => {
  expect(marked(a, b, PLAIN)).toEqual([one, other]);
});

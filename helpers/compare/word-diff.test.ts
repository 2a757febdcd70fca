import { expect, test } from 'vitest';
import { PLAIN, wordDiff } from './word-diff.ts';

test.each([
  ['a b c', 'a x c', 'a [-b-] c', 'a {+x+} c'],
  ['reset, reason: x', 'reset', 'reset[-, reason: x-]', 'reset'],
  ['behind x-a', 'behind x-b', 'behind [-x-a-]', 'behind {+x-b+}'],
  ['100', '120', '[-100-]', '{+120+}'],
  ['aa', 'aaa', '[-aa-]', '{+aaa+}'],
  ['a 1 c 2 e', 'a 3 c 4 e', 'a [-1-] c [-2-] e', 'a {+3+} c {+4+} e'],
  ['same', 'same', 'same', 'same'],
  ['', 'new', '', '{+new+}'],
])('%j beside %j', (a, b, one, other) => {
  expect(wordDiff(a, b, PLAIN)).toEqual([one, other]);
});

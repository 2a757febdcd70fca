import { expect, test } from 'vitest';
import { alignment } from './alignment.ts';

const align = (a: string, b: string) => alignment([...a], [...b], (item) => item);

test.each([
  ['', '', []],
  [
    'ab',
    'ab',
    [
      [0, 0],
      [1, 1],
    ],
  ],
  [
    'ac',
    'abc',
    [
      [0, 0],
      [undefined, 1],
      [1, 2],
    ],
  ],
  [
    'abc',
    'ac',
    [
      [0, 0],
      [1, undefined],
      [2, 1],
    ],
  ],
  [
    'axc',
    'ayc',
    [
      [0, 0],
      [1, 1],
      [2, 2],
    ],
  ],
  [
    'ab',
    '',
    [
      [0, undefined],
      [1, undefined],
    ],
  ],
])('%s beside %s', (a, b, pairs) => {
  expect(align(a, b)).toEqual(pairs);
});

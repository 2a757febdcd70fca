import { expect, test } from 'vitest';
import { inOneLine } from './in-one-line.ts';
import { unknownName } from './suggestion.mjs';

test.each([
  [unknownName('level', 'x', ['one', 'two', 'three']), 'unknown level "x"; known: one, two, three'],
  ['first\nsecond\n', 'first second'],
  [
    'known:\n  1.40.0\n  latest\n  any other release: --envoy-image',
    'known: 1.40.0, latest, any other release: --envoy-image',
  ],
])('%j is one line', (message, line) => {
  expect(inOneLine(message)).toBe(line);
});

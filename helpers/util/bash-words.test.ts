import { expect, test } from 'vitest';
import { quoteForBash, wordsFromBash } from './bash-words.ts';

test('words are unquoted; the last one reports its open quote', () => {
  expect(wordsFromBash(['run', '--claim', "'the address"])).toEqual({
    words: ['run', '--claim', 'the address'],
    quote: "'",
  });
  expect(wordsFromBash(['"it\'s \\"x\\""', 'a\\ b', `'a'"b`])).toEqual({
    words: ['it\'s "x"', 'a b', 'ab'],
    quote: '"',
  });
  expect(wordsFromBash(['run', ''])).toEqual({ words: ['run', ''], quote: '' });
});

test('an option that bash split at = is one word', () => {
  expect(wordsFromBash(['run', '--envoy', '=', '1.4']).words).toEqual(['run', '--envoy=1.4']);
  expect(wordsFromBash(['run', '--envoy', '=']).words).toEqual(['run', '--envoy=']);
  expect(wordsFromBash(['x', '=', 'y']).words).toEqual(['x', '=', 'y']);
});

test.each([
  ['original-dst', '', 'original-dst'],
  ['the address', '', "'the address'"],
  ["the upstream's", '', `"the upstream's"`],
  ['the upstream\'s $HOME "x"', '', `"the upstream's \\$HOME \\"x\\""`],
  ["the upstream's", "'", "the upstream'\\''s"],
  ['a "b"', '"', 'a \\"b\\"'],
] as const)('%s in the quote %s is %s', (value, quote, quoted) => {
  expect(quoteForBash(value, quote)).toBe(quoted);
});

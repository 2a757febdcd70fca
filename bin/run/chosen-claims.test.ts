import { expect, test } from 'vitest';
import { chosenClaims } from './chosen-claims.ts';

const DECLARED = new Map([
  ['alpha', [{ title: 'the Host header is kept' }, { title: 'a denied request gets 403', group: 'authorization' }]],
  ['beta', [{ title: 'the Host header is kept by a proxy' }, { title: 'a reset is 503' }]],
]);

const titles = (...patterns: string[]) =>
  [...chosenClaims(DECLARED, patterns)].map(([slug, claims]) => [slug, ...claims.map(({ title }) => title)]);

test('a part of a title chooses every claim with it, whatever the case', () => {
  expect(titles('HOST header')).toEqual([
    ['alpha', 'the Host header is kept'],
    ['beta', 'the Host header is kept by a proxy'],
  ]);
});

test('a whole title chooses that claim alone', () => {
  expect(titles('the Host header is kept')).toEqual([['alpha', 'the Host header is kept']]);
});

test('a pattern that is part of no title is a regular expression', () => {
  expect(titles('Host.*proxy|gets 403$')).toEqual([
    ['alpha', 'a denied request gets 403'],
    ['beta', 'the Host header is kept by a proxy'],
  ]);
});

test('a regular expression, and several patterns together', () => {
  expect(titles('/\\b[45]03$/', 'by a proxy')).toEqual([
    ['alpha', 'a denied request gets 403'],
    ['beta', 'the Host header is kept by a proxy', 'a reset is 503'],
  ]);
});

test.each([
  ['a denyed request', 'unknown claim "a denyed request"; did you mean "a denied request gets 403"?'],
  ['(nope', /^unknown claim "\(nope"; known:(\n {2}.+){4}$/],
  ['nope', /^unknown claim "nope"; known:(\n {2}.+){4}$/],
  ['/(/', 'invalid regular expression in --claim /(/; expected text or /regex/'],
])('%j is refused', (pattern, message) => {
  expect(() => titles('header', pattern)).toThrow(message);
});

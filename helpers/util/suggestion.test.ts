import { expect, test } from 'vitest';
import { unknownName } from './suggestion.mjs';

const CHAPTERS = ['original-dst', 'original-dst-ipv6', 'tcp-proxy', 'tproxy-incoming', 'tproxy-outgoing'];

test.each([
  ['orignal-dst', 'unknown chapter "orignal-dst"; did you mean "original-dst"?'],
  ['TCP-Proxy', 'unknown chapter "TCP-Proxy"; did you mean "tcp-proxy"?'],
  ['tproxy', 'unknown chapter "tproxy"; did you mean one of these?\n  tproxy-incoming\n  tproxy-outgoing'],
  ['nope', `unknown chapter "nope"; known:\n  ${CHAPTERS.join('\n  ')}`],
  ['', `unknown chapter ""; known:\n  ${CHAPTERS.join('\n  ')}`],
])('unknown name %j', (name, text) => {
  expect(unknownName('chapter', name, CHAPTERS)).toBe(text);
});

test('suggests names with one more or fewer letter; none of an empty list', () => {
  expect(unknownName('host', 'hosts', ['host', 'router'])).toBe('unknown host "hosts"; did you mean "host"?');
  expect(unknownName('host', 'host', [])).toBe('unknown host "host"; there is none');
});

test('suggests titles by a misspelt part', () => {
  const titles = ['the address dialled wins over the Host header', 'a denied request gets 403'];
  expect(unknownName('claim', 'address dialed wins', titles)).toBe(
    `unknown claim "address dialed wins"; did you mean "${titles[0]}"?`,
  );
});

test('two letters in the wrong order are one error', () => {
  expect(unknownName('level', 'anwser', ['answer', 'access'])).toBe('unknown level "anwser"; did you mean "answer"?');
});

test('lists 60 names at most, and counts the others', () => {
  const text = unknownName(
    'fault',
    'nope',
    Array.from({ length: 63 }, (_, index) => `rule ${100 + index}`),
  );
  expect(text.split('\n')).toHaveLength(62);
  expect(text).toMatch(/\n {2}rule 159\n {2}and 3 others$/);
});

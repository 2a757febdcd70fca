import { expect, test } from 'vitest';
import { fullMatch, regexSample } from './regex-sample.ts';

test.each([
  ['/api/v[0-9]+/users', '/api/v1/users'],
  ['/users/\\d{3}', '/users/111'],
  ['^/static/.*\\.(css|js)$', '/static/a.css'],
  ['.*', 'a'],
  ['a.example.com/.+', 'a.example.com/a'],
  ['/(?P<name>[a-z]+)/(?:x|y)?', '/a/'],
  ['(?i)/ABC', '/ABC'],
  ['/a|/b', '/a'],
  ['[^/]+', 'a'],
  ['/item/[^\\s/]*', '/item/a'],
])('a sample of %s is %s', (regex, sample) => {
  expect(regexSample(regex)).toBe(sample);
  expect(fullMatch(regex)?.test(sample)).toBe(true);
});

test('a sample that must begin with a slash gets one where the expression allows it', () => {
  const begins = (text: string): boolean => text.startsWith('/');
  expect(regexSample('.*users', begins)).toBe('/ausers');
  expect(regexSample('users', begins)).toBeUndefined();
});

test.each(['\\pN+', '(?=a)b', '(', '[z-a]'])('an expression of another syntax has no sample: %s', (regex) => {
  expect(regexSample(regex)).toBeUndefined();
});

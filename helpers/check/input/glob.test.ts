import { expect, test } from 'vitest';
import { globExpression, globRoot, isGlob } from './glob.ts';

test.each([
  ['a/*.yaml', ['a/x.yaml'], ['a/b/x.yaml', 'a/x.yml']],
  ['./**/envoy.{yaml,json}', ['envoy.yaml', 'a/b/envoy.json'], ['a/envoy.yml', 'xenvoy.yaml']],
  ['a/**', ['a/b', 'a/b/c'], ['b/a']],
  ['e?.yaml', ['e1.yaml'], ['e.yaml', 'e/.yaml']],
])('%s', (glob, matching, others) => {
  expect(isGlob(glob)).toBe(true);
  for (const path of matching) expect(path).toMatch(globExpression(glob));
  for (const path of others) expect(path).not.toMatch(globExpression(glob));
});

test('the root of a pattern is the longest folder without wildcards', () => {
  expect(globRoot('a/b/*.yaml')).toBe('a/b');
  expect(globRoot('*.yaml')).toBe('.');
  expect(globRoot('/*.yaml')).toBe('/');
  expect(isGlob('a/{x}.yaml')).toBe(false);
});

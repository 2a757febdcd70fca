import { expect, test } from 'vitest';
import { fuzziness, indexedTerms, queryTerms } from './search.ts';

test.each([
  ['x-envoy-upstream-service-time', 'service-time'],
  ['x-envoy-upstream-service-time', 'upstream'],
  ['failure_mode_allow', 'mode_allow'],
  ['envoy.filters.http.ext_authz', 'ext_authz'],
  ['cluster.upstream.upstream_cx_total', 'upstream_cx_total'],
  ['a 503 (UF).', 'UF'],
  ['since 1.38.1:', '1.38.1'],
])('%s is found by %s', (text, query) => {
  const [wanted = '', ...more] = queryTerms(query);
  expect(more).toEqual([]);
  expect(indexedTerms(text)).toContain(wanted);
  expect(indexedTerms(text)).toContain(queryTerms(text).at(-1));
});

test('a text is indexed by each name, its ends and its parts, once', () => {
  expect(indexedTerms('a go-go_dance')).toEqual(['a', 'go-go_dance', 'go_dance', 'dance', 'go']);
  expect(indexedTerms('')).toEqual([]);
});

test('a word may be misspelled; a header, a flag and a version may not', () => {
  expect(['authorization', 'x-envoy-attempt-count', 'UF', '1.40.0'].map(fuzziness)).toEqual([0.2, false, false, false]);
});

import { expect, test } from 'vitest';
import { changesBetween, partsOf } from './changes-between.ts';
import { CHANGES, type Change, hasChange } from './known-changes.ts';
import { VERSIONS } from './versions.ts';

const named = (a: string, b: string): string[] => changesBetween(a, b).map(({ name }) => name);

test('a change is listed between the versions that do not share it, whichever is newer', () => {
  expect(named('1.37.0', '1.38.2')).toContain('hideTransportFailureReason');
  expect(named('1.38.2', '1.38.3')).not.toContain('hideTransportFailureReason');
  expect(named('1.40.0', '1.36.2')).toEqual(named('1.36.2', '1.40.0'));
  expect(named('1.40.0', '1.40.0')).toEqual([]);
});

test('a fix that one release lacks is lost there, and comes back', () => {
  const isNew = (a: string, b: string) => changesBetween(a, b).find(({ name }) => name === 'httpDenialHeaders')?.isNew;
  expect([isNew('1.36.4', '1.37.0'), isNew('1.37.0', '1.38.2'), isNew('1.36.4', '1.38.2')]).toEqual([
    false,
    true,
    undefined,
  ]);
});

test('guard, advisories and links are those that the source names', () => {
  const { guard, cves, links, isDocumented } = partsOf(CHANGES.cookiesInLimits);
  expect(guard).toBe('envoy.reloadable_features.http2_include_cookies_in_limits');
  expect(cves).toEqual(['CVE-2026-47774']);
  expect(isDocumented).toBe(true);
  expect(partsOf({ ...CHANGES.errorResponse, since: ['1.36.9', '1.37.5'] }).since).toEqual(['1.36.9', '1.37.5']);
  expect(links).toEqual([
    'https://github.com/envoyproxy/envoy/security/advisories/GHSA-22m2-hvr2-xqc8',
    ...['1.36/v1.36.7', '1.37/v1.37.3', '1.38/v1.38.1'].map(
      (page) => `https://www.envoyproxy.io/docs/envoy/latest/version_history/v${page}`,
    ),
  ]);
});

test.each(Object.entries<Change>(CHANGES))('%s names the release notes, or is undocumented', (_, change) => {
  const { isDocumented, links } = partsOf(change);
  expect(links.some((link) => link.includes('version_history'))).toBe(isDocumented);
});

const documented = Object.entries<Change>(CHANGES).filter(([, change]) => partsOf(change).isDocumented);

test.each(documented)('%s names an advisory for each of its CVEs', (_, change) => {
  const { cves, links } = partsOf(change);
  expect(links.filter((link) => link.includes('/security/advisories/GHSA-'))).toHaveLength(cves.length);
});

test.each(Object.entries<Change>(CHANGES))('some of the known versions show %s, and others do not', (_, change) => {
  expect(new Set(VERSIONS.map((version) => hasChange(change, version))).size).toBe(2);
});

import { describe, expect, test } from 'vitest';
import { UsageError } from '../util/errors.ts';
import { compareVersions, ENVOYS, NEWEST, officialImage, parseEnvoys, VERSIONS } from './versions.ts';

describe('builds.json', () => {
  test('every wheel has a distinct SHA-256 for both architectures', () => {
    const sums = Object.values(ENVOYS).flatMap(({ wheel }) => [wheel.x86_64, wheel.aarch64]);
    for (const sum of sums) expect(sum).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(sums).size).toBe(sums.length);
  });

  test('versions are sorted, the newest last', () => {
    expect(VERSIONS).toEqual([...VERSIONS].sort(compareVersions));
    expect(NEWEST).toBe(VERSIONS.at(-1));
  });

  test.each([
    ['1.36.2', '1.36.2.post1'],
    ['1.36.2.post1', '1.36.3'],
    ['1.9.0', '1.36.0'],
    ['1.40.0', '2.0.0'],
  ])('%s comes before %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
    expect(compareVersions(older, older)).toBe(0);
  });

  test('a rebuild has no official image', () => {
    expect(officialImage('1.36.2')).toBe('envoyproxy/envoy:v1.36.2');
    expect(officialImage('1.36.2.post1')).toBeUndefined();
  });
});

describe('a list given to --envoy', () => {
  test.each([
    ['1.40.0', ['1.40.0']],
    ['v1.40.0', ['1.40.0']],
    ['1.40.0, 1.36.4', ['1.36.4', '1.40.0']],
    ['1.40.0,1.40.0', ['1.40.0']],
    ['latest', [NEWEST]],
    ['all', VERSIONS],
    ['latest,all', VERSIONS],
    ['1.36', ['1.36.2', '1.36.2.post1', '1.36.3', '1.36.4']],
    ['1.36.4..1.38', ['1.36.4', '1.37.0', '1.38.2', '1.38.3']],
    ['v1.39.1..', ['1.39.1', '1.39.3', '1.40.0']],
    ['..1.36.2', ['1.36.2']],
    ['..', VERSIONS],
  ])('%s', (list, versions) => {
    expect(parseEnvoys(list)).toEqual(versions);
  });

  test('a release that is not known is run by its image', () => {
    expect(() => parseEnvoys('v1.35.2')).toThrow(
      /^unknown .* any other release, .*--envoy-image envoyproxy\/envoy:v1\.35\.2$/s,
    );
  });

  test.each(['1.0.0', 'toString', '1.41', '1', '1.40.0..1.36.4', '1.36..1.37..1.38', 'latest,x', '', ','])(
    '%j is refused with a suggestion or the list of versions',
    (list) => {
      const refusal = (() => {
        try {
          return parseEnvoys(list);
        } catch (error) {
          return error;
        }
      })();
      expect(refusal).toBeInstanceOf(UsageError);
      expect((refusal as UsageError).message).toMatch(
        /^unknown Envoy version ".*"; (did you mean .*1\.40\.0|known:(\n {2}1\.\S+)+\n {2}latest\n {2}all\n {2}a minor)/s,
      );
    },
  );
});

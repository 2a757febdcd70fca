import { expect, test } from 'vitest';
import { CHANGES } from '../envoy/known-changes.ts';
import { emptyObservation, type Observation } from '../exchange/observation.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../record/sample.ts';
import { environmentOf, versionData, versionOf, versionsData } from './versions-data.ts';

test('a rebuild has the version of its name, an image the version that it reports', () => {
  expect(versionOf(sampleEnvoy([], { name: '1.36.2.post1' }))).toBe('1.36.2.post1');
  expect(versionOf(sampleEnvoy([], { name: 'mine/envoy:dev' }))).toBe('1.40.0');
});

test('the environment leaves out the build of the kernel', () => {
  expect(environmentOf(sampleEnvoy([]))).toBe('Linux 6.18 x86_64, iptables v1.8.11 (nf_tables)');
});

test('a version has its passed claims, the others, and the warnings of Envoy', () => {
  const claims = [sampleClaim({ title: 'a' }), sampleClaim({ title: 'b', outcome: 'failed' })];
  const warnings = ['no limit is configured'];
  const chapters = [sampleChapter(claims, { slug: 'two', warnings }), sampleChapter([], { slug: 'one', warnings })];
  expect(versionData(sampleEnvoy(chapters))).toEqual(
    expect.objectContaining({
      version: '1.40.0',
      passed: { one: 0, two: 1 },
      others: [{ slug: 'two', title: 'b', outcome: 'failed' }],
      warnings: { 'no limit is configured': ['one', 'two'] },
    }),
  );
});

test('a known change between two versions has the claims in whose observations it shows', () => {
  const seen = (body: string): Observation => ({
    ...emptyObservation('GET'),
    replies: [{ status: 503, headers: [], body }],
  });
  const envoy = (version: string, body: string) => {
    const { build, ...rest } = sampleEnvoy([sampleChapter([sampleClaim({ title: 'a', observations: [seen(body)] })])]);
    return { ...rest, name: version, ...(build && { build: { ...build, version } }) };
  };
  const data = versionsData([
    envoy('1.40.0', 'reset'),
    envoy('1.37.0', 'reset, transport failure reason: connection refused'),
  ]);
  expect(data.envoys.map(({ version }) => version)).toEqual(['1.37.0', '1.40.0']);
  expect(data.shown).toEqual({
    [CHANGES.hideTransportFailureReason.what]: {
      claims: { 'original-dst': ['a'] },
      kinds: ['replies'],
      example: {
        ...{ slug: 'original-dst', claim: 'a', path: 'replies[0].body' },
        before: { version: '1.37.0', value: 'reset, transport failure reason: connection refused' },
        after: { version: '1.40.0', value: 'reset' },
      },
    },
  });
});

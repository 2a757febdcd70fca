import { expect, test } from 'vitest';
import { CHANGES } from '../envoy/known-changes.ts';
import { emptyObservation, type Observation } from '../exchange/observation.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../record/sample.ts';
import { distilEnvoy, distilEnvoys, groundOf, versionOf, withRecords } from './versions-data.ts';

test('a rebuild goes by the name that it was asked for by, an image by the version that it says it has', () => {
  expect(versionOf(sampleEnvoy([], { name: '1.36.2.post1' }))).toBe('1.36.2.post1');
  expect(versionOf(sampleEnvoy([], { name: 'mine/envoy:dev' }))).toBe('1.40.0');
});

test('the ground is told without the build of the kernel', () => {
  expect(groundOf(sampleEnvoy([]))).toBe('Linux 6.18 x86_64, iptables v1.8.11 (nf_tables)');
});

test('an Envoy has how many claims held, which did not, and what it warned of', () => {
  const claims = [sampleClaim({ title: 'a' }), sampleClaim({ title: 'b', outcome: 'failed' })];
  const warnings = ['no limit is configured'];
  const chapters = [sampleChapter(claims, { slug: 'two', warnings }), sampleChapter([], { slug: 'one', warnings })];
  expect(distilEnvoy(sampleEnvoy(chapters))).toEqual(
    expect.objectContaining({
      version: '1.40.0',
      held: { one: 0, two: 1 },
      others: [{ slug: 'two', title: 'b', outcome: 'failed' }],
      warnings: { 'no limit is configured': ['one', 'two'] },
    }),
  );
});

test('between two versions, known changes are told with the claims in whose evidence they show', () => {
  const seen = (body: string): Observation => ({
    ...emptyObservation('GET'),
    replies: [{ status: 503, headers: [], body }],
  });
  const envoy = (version: string, body: string) => {
    const { build, ...rest } = sampleEnvoy([sampleChapter([sampleClaim({ title: 'a', observations: [seen(body)] })])]);
    return { ...rest, name: version, ...(build && { build: { ...build, version } }) };
  };
  const told = distilEnvoys([
    envoy('1.40.0', 'reset'),
    envoy('1.37.0', 'reset, transport failure reason: connection refused'),
  ]);
  expect(told.envoys.map(({ version }) => version)).toEqual(['1.37.0', '1.40.0']);
  expect(told.shown).toEqual({
    [CHANGES.hiddenFailureReason.what]: {
      claims: { 'original-dst': ['a'] },
      example: {
        ...{ slug: 'original-dst', claim: 'a', path: 'replies[0].body' },
        before: { version: '1.37.0', value: 'reset, transport failure reason: connection refused' },
        after: { version: '1.40.0', value: 'reset' },
      },
    },
  });
});

test('a record of some chapters renews these and leaves all else', () => {
  const claims = (...titles: string[]) => titles.map((title) => sampleClaim({ title }));
  const one = sampleChapter(claims('a'), { slug: 'one', warnings: ['old'] });
  const two = sampleChapter([sampleClaim({ title: 'b', outcome: 'failed' })], { slug: 'two', warnings: ['old'] });
  const whole = distilEnvoys([sampleEnvoy([one, two], { name: '1.39.3' }), sampleEnvoy([one, two])]);
  const better = sampleEnvoy([sampleChapter(claims('b', 'c'), { slug: 'two', warnings: ['new'] })]);
  const now = withRecords(whole, [better], ['two']);
  expect(now.envoys.map(({ version }) => version)).toEqual(['1.39.3', '1.40.0']);
  expect(now.envoys[0]).toEqual(whole.envoys[0]);
  expect(now.envoys[1]).toMatchObject({
    held: { one: 1, two: 2 },
    others: [],
    warnings: { new: ['two'], old: ['one'] },
  });
  expect(withRecords(whole, [better]).envoys[1]).toMatchObject({ held: { two: 2 }, warnings: { new: ['two'] } });
});

import { expect, test } from 'vitest';
import { skipReasons, tally, troublesOf } from './digest.ts';
import { sampleChapter, sampleClaim, sampleRun } from './sample.ts';

test('claims are counted by outcome', () => {
  const claims = [sampleClaim(), sampleClaim(), sampleClaim({ outcome: 'skipped' })];
  expect(tally(claims)).toEqual({ passed: 2, failed: 0, skipped: 1, error: 0, running: 0 });
});

test('a reason to skip is given once, with how many claims it kept back', () => {
  const skipped = (reason: string) => sampleClaim({ outcome: 'skipped', reason });
  const run = sampleRun([
    sampleChapter([skipped('no IPv6'), sampleClaim()]),
    sampleChapter([skipped('no IPv6'), skipped('no TPROXY')]),
  ]);
  expect(skipReasons(run)).toEqual([
    { reason: 'no IPv6', claims: 2 },
    { reason: 'no TPROXY', claims: 1 },
  ]);
});

test('a lab that did not start is one trouble of its chapter', () => {
  const inError = (title: string) => sampleClaim({ title, outcome: 'error', error: 'lab: Envoy ended' });
  const run = sampleRun([
    sampleChapter([inError('a'), inError('b')]),
    sampleChapter([inError('c')], { slug: 'tproxy-outgoing' }),
  ]);
  expect(troublesOf(run).map(({ slug, claims }) => [slug, claims.map(({ title }) => title)])).toEqual([
    ['original-dst', ['a', 'b']],
    ['tproxy-outgoing', ['c']],
  ]);
});

test('claims that failed alike stand alone: each has its own evidence', () => {
  const failed = (title: string) => sampleClaim({ title, outcome: 'failed', error: 'expected 200, got 503' });
  expect(troublesOf(sampleRun([sampleChapter([failed('a'), failed('b')])]))).toHaveLength(2);
});

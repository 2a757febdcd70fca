import { expect, test } from 'vitest';
import { UsageError } from '../util/errors.ts';
import { mergeRecords } from './merge.ts';
import { sampleChapter, sampleClaim, sampleEnvoy, sampleRun } from './sample.ts';

const one = sampleChapter([sampleClaim()], { slug: 'one' });
const two = sampleChapter([sampleClaim({ outcome: 'failed' })], { slug: 'two' });

test('shards of one Envoy stand together, chapters by name, and the worst outcome is that of all', () => {
  const merged = mergeRecords([sampleRun([two], { outcome: 'failed' }), sampleRun([one])]);
  expect(merged.envoys.map(({ chapters }) => chapters.map(({ slug }) => slug))).toEqual([['one', 'two']]);
  expect(merged.outcome).toBe('failed');
});

test('Envoys stand beside each other, and so do machines', () => {
  const older = sampleRun([one], {}, { name: '1.36.4' });
  const { machine } = sampleEnvoy([]);
  if (!machine) throw new Error('the sample names its machine');
  const elsewhere = sampleRun([one], {}, { machine: { ...machine, kernel: '5.10.0' } });
  const merged = mergeRecords([older, sampleRun([one]), elsewhere]);
  expect(merged.envoys.map(({ name }) => name)).toEqual(['1.36.4', '1.40.0', '1.40.0']);
  expect(merged.outcome).toBe('passed');
});

test('a run that was cut off makes a whole that is', () => {
  expect(mergeRecords([sampleRun([one]), sampleRun([two], { outcome: 'running' })]).outcome).toBe('running');
});

test('the same chapter twice is refused: one of both would be lost', () => {
  expect(() => mergeRecords([sampleRun([one]), sampleRun([one])])).toThrow(UsageError);
});

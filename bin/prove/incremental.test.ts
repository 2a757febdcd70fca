import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sampleChapter, sampleClaim } from '../../helpers/record/sample.ts';
import { versionVariant } from '../../helpers/record/variants.ts';
import { reuseTrials } from './incremental.ts';
import { KeptTrials } from './kept-trials.ts';
import type { PlannedTrial, runTrials, Trial } from './trials.ts';

const PLANNED = [
  { slug: 'alpha', fault: 'no rule' },
  { slug: 'alpha', fault: 'no stub' },
  { slug: 'beta', fault: 'no route' },
];

const trialOf = ({ slug, fault }: PlannedTrial): Trial => ({
  record: { ...sampleChapter([sampleClaim({ outcome: 'failed' })], { slug }), fault },
  ms: 1,
  complete: true,
});

/** Runs the chapters' trials with results kept in one folder. @returns the lines `fault` or `fault reused` */
function runs() {
  const folder = mkdtempSync(join(tmpdir(), 'incremental-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const kept = new KeptTrials(folder);
  return async (
    how: { versions?: Record<string, string>; changed?: string[]; errors?: string[]; reusable?: boolean } = {},
  ): Promise<string[]> => {
    const { versions = {}, changed = [], errors = [], reusable = true } = how;
    const ended: string[] = [];
    const onEnd = ({ record }: Trial): void => {
      ended.push(`${record.fault}${record.reused ? ' reused' : ''}`);
    };
    const fakeRun: typeof runTrials = async (batches, _variant, ended) => {
      for (const trial of [...batches].flat()) ended(trialOf(trial));
      return { errors, interrupted: false };
    };
    const keys = {
      of: ({ slug, fault }: PlannedTrial) => `${slug}-${fault}-${versions[slug] ?? 1}`,
      hold: ({ slug }: PlannedTrial) => !changed.includes(slug),
    };
    const variant = versionVariant('1.40.0');
    const parts = { kept, run: fakeRun, keysOf: async () => keys };
    const { left, run } = await reuseTrials(PLANNED, variant, () => reusable, onEnd, parts);
    await run([left], variant, onEnd);
    return ended;
  };
}

const ALL = ['no rule', 'no stub', 'no route'];
const REUSED = ALL.map((fault) => `${fault} reused`);

test('a second run reuses every result', async () => {
  const run = runs();
  expect(await run()).toEqual(ALL);
  expect(await run()).toEqual(REUSED);
});

test('only a chapter with other inputs runs again', async () => {
  const run = runs();
  await run();
  expect(await run({ versions: { alpha: '2' } })).toEqual(['no route reused', 'no rule', 'no stub']);
  expect(await run()).toEqual(REUSED);
});

test('results that the caller refuses run again', async () => {
  const run = runs();
  await run();
  expect(await run({ reusable: false })).toEqual(ALL);
});

test('a chapter whose files change during the run is not kept', async () => {
  const run = runs();
  await run({ changed: ['alpha'] });
  expect(await run()).toEqual(['no route reused', 'no rule', 'no stub']);
});

test('no result of a run with an error outside every claim is kept', async () => {
  const run = runs();
  await run({ errors: ['outside every claim: x'] });
  expect(await run()).toEqual(ALL);
});

import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ClaimRecord } from '../../helpers/record/record.ts';
import { sampleChapter, sampleClaim } from '../../helpers/record/sample.ts';
import { KeptTrials } from './kept-trials.ts';
import type { Trial } from './trials.ts';

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kept-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'trials');
}

const trialWith = (...outcomes: ClaimRecord['outcome'][]): Trial => ({
  record: {
    ...sampleChapter(outcomes.map((outcome, at) => sampleClaim({ title: `${at}`, outcome }))),
    fault: 'no rule',
  },
  version: '1.40.0',
  ms: 1500,
  complete: true,
});

test('a result is found by its key alone', () => {
  const kept = new KeptTrials(temporary());
  const trial = trialWith('passed', 'failed', 'skipped');
  kept.keep('a', trial);
  expect(kept.find('a')).toEqual(trial);
  expect(kept.find('b')).toBeUndefined();
  kept.forget('a');
  expect(kept.find('a')).toBeUndefined();
});

test('observations and failure bundles are not kept', () => {
  const kept = new KeptTrials(temporary());
  const trial = trialWith('failed');
  Object.assign(trial.record.claims[0] ?? {}, { evidence: 'reports/a', error: 'x'.repeat(9000) });
  kept.keep('a', trial);
  const claim = kept.find('a')?.record.claims[0];
  expect(claim).toEqual({ title: '0', outcome: 'failed', durationMs: 12, observations: [], error: 'x'.repeat(4000) });
});

test.each([
  ['a claim in error', trialWith('passed', 'error')],
  ['a claim that did not end', trialWith('passed', 'running')],
  ['an interrupted chapter', { ...trialWith('passed'), complete: false }],
  ['a chapter without claims', trialWith()],
])('%s is not kept', (_, trial) => {
  const kept = new KeptTrials(temporary());
  kept.keep('a', trial);
  expect(kept.find('a')).toBeUndefined();
});

test.each([
  ['', 'an empty file'],
  ['{"key":"a","trial":{"comp', 'a part of a file'],
  ['null', 'no object'],
  ['{"key":"a","trial":null}', 'no trial'],
  ['{"key":"a","trial":{"complete":true,"record":{}}}', 'a trial without claims'],
  ['{"key":"b","trial":{"complete":true,"record":{"claims":[{"outcome":"passed"}]}}}', 'another key'],
])('%j is no result: %s', (text) => {
  const folder = temporary();
  const kept = new KeptTrials(folder);
  kept.keep('a', trialWith('passed'));
  writeFileSync(join(folder, 'a.json'), text);
  expect(kept.find('a')).toBeUndefined();
});

test('the results that were not used for the longest time are removed first', () => {
  const folder = temporary();
  const kept = new KeptTrials(folder, 1000);
  for (const [at, key] of ['a', 'b', 'c', 'd'].entries()) {
    kept.keep(key, trialWith('passed'));
    utimesSync(join(folder, `${key}.json`), at, at);
  }
  kept.find('a');
  kept.prune();
  expect(readdirSync(folder).sort()).toEqual(['a.json', 'd.json']);
});

test('a folder that cannot be written is an error, one that does not exist has no results', () => {
  const folder = temporary();
  writeFileSync(folder, '');
  const kept = new KeptTrials(join(folder, 'trials'));
  expect(kept.find('a')).toBeUndefined();
  kept.prune();
  expect(() => kept.keep('a', trialWith('passed'))).toThrow(/ENOTDIR/);
});

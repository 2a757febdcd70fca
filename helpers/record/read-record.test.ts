import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UsageError } from '../util/errors.ts';
import { parseRecord, readRecord } from './read-record.ts';
import { sampleChapter, sampleClaim, sampleRun } from './sample.ts';

test('a record is read back as it was written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'record-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const run = sampleRun([sampleChapter([sampleClaim(), sampleClaim({ outcome: 'failed' })])]);
  await writeFile(join(folder, 'record.json'), JSON.stringify(run));
  expect(await readRecord(join(folder, 'record.json'))).toEqual(run);
});

test('a record that is not there is named on one line', async () => {
  await expect(readRecord('reports/none/record.json')).rejects.toThrow(
    /^cannot read the record reports\/none\/record\.json: ENOENT[^\n]*$/,
  );
});

test.each([
  { what: 'cut off', text: JSON.stringify(sampleRun([])).slice(0, -9), reason: 'is not whole JSON' },
  { what: 'empty', text: '', reason: 'is not whole JSON' },
  {
    what: 'of another schema',
    text: '{"schema":"envoy-big-book/record@0"}',
    reason: 'has schema "envoy-big-book/record@0"',
  },
  { what: 'without a schema', text: '{}', reason: 'has schema none' },
  { what: 'no object', text: 'null', reason: 'has schema none' },
])('a record that is $what is refused on one line', ({ text, reason }) => {
  const parse = () => parseRecord(text, 'r.json');
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(reason);
  expect(parse).toThrow(/^r\.json [^\n]*$/);
});

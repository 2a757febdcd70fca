import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readRecord } from '../../helpers/record/read-record.ts';
import { sampleChapter, sampleClaim, sampleRun } from '../../helpers/record/sample.ts';
import { checkOutputs, writeOutputs } from './output-files.ts';

const RUN = sampleRun([sampleChapter([sampleClaim()])]);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outputs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('what cannot be written is refused before a run, by option', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'file'), '');
  const problem = (file: string): string => {
    try {
      checkOutputs({ record: file });
      return 'none';
    } catch (error) {
      return String(error);
    }
  };
  expect(problem(folder)).toBe(`UsageError: --record ${folder}: expected a file, found a folder; add a file name`);
  expect(problem(join(folder, 'new/'))).toMatch(/expected a file, found a folder/);
  expect(problem(join(folder, 'none/r.json'))).toMatch(/there is no folder \S+\/none; create it first$/);
  expect(problem(join(folder, 'file/r.json'))).toMatch(/there is no folder \S+\/file; create it first$/);
  expect(problem(join(folder, 'r.json'))).toBe('none');
  expect(problem(join(folder, 'file'))).toBe('none');
});

test('each file is written, and one that cannot be keeps no other from being', async () => {
  const folder = await newFolder();
  expect(
    writeOutputs(RUN, { record: join(folder, 'r.json'), junit: '/dev/full', html: join(folder, 'r.html') }),
  ).toEqual([expect.stringMatching(/^--junit \/dev\/full is not written: ENOSPC/)]);
  expect(await readRecord(join(folder, 'r.json'))).toEqual(RUN);
});

import { expect, test } from 'vitest';
import { RunLines } from './run-lines.ts';

test('each run is one line when its last file has ended, with the counts and the time since its first file', () => {
  const printed: string[] = [];
  let now = 0;
  const lines = new RunLines(
    (line) => printed.push(line),
    () => now,
  );
  lines.start(['1.36.4', '1.36.4', '1.40.0']);
  lines.fileStarted('1.36.4');
  lines.claimEnded('1.36.4', 'passed');
  lines.fileEnded('1.36.4');
  expect(printed).toEqual([]);
  now = 41_200;
  lines.claimEnded('1.36.4', 'passed');
  lines.claimEnded('1.36.4', 'failed');
  lines.fileEnded('1.36.4');
  expect(printed).toEqual(['1.36.4: 2 passed, 1 failed in 41 s']);
  lines.fileStarted('1.40.0');
  now = 44_000;
  lines.fileEnded('1.40.0');
  expect(printed.at(-1)).toBe('1.40.0: no claim ran in 3 s');
});

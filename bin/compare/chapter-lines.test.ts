import { expect, test } from 'vitest';
import { ChapterLines } from './chapter-lines.ts';

test('each chapter is one line when it has ended on every variant, with counts and the time since its start', () => {
  const printed: string[] = [];
  let now = 0;
  const lines = new ChapterLines(
    (line) => printed.push(line),
    () => now,
  );
  for (const variant of ['1.36.4', '1.40.0']) {
    lines.plan('tcp-proxy', variant);
    lines.plan('original-dst', variant);
  }
  lines.started('tcp-proxy');
  lines.claimEnded('tcp-proxy', '1.36.4', 'passed');
  lines.claimEnded('tcp-proxy', '1.36.4', 'passed');
  lines.ended('tcp-proxy');
  expect(printed).toEqual([]);
  now = 4120;
  lines.started('tcp-proxy');
  lines.claimEnded('tcp-proxy', '1.40.0', 'passed');
  lines.claimEnded('tcp-proxy', '1.40.0', 'failed');
  lines.ended('tcp-proxy');
  expect(printed).toEqual(['1/2 tcp-proxy: 2 passed on 1.36.4, 1 passed and 1 failed on 1.40.0; 4.1 s']);
  lines.started('original-dst');
  now = 5000;
  lines.ended('original-dst');
  lines.ended('original-dst');
  expect(printed.at(-1)).toBe('2/2 original-dst: no claim ran on 1.36.4, no claim ran on 1.40.0; 880 ms');
});

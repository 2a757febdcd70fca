import { expect, test } from 'vitest';
import { describeNotRun } from './not-run.ts';

test('an interrupted run names the claims and chapters that did not run', () => {
  expect(
    describeNotRun([
      { name: 'custom-headers', claims: { all: 12, ended: 12 } },
      { name: 'original-dst', claims: { all: 46, ended: 32 } },
      { name: 'tcp-proxy' },
      { name: 'tproxy-local' },
    ]),
  ).toBe(`not run:
  14 of 46 claims of original-dst
  2 chapters: tcp-proxy, tproxy-local`);
});

test('a run that was interrupted after its last claim left nothing out', () => {
  expect(describeNotRun([{ name: 'tcp-proxy', claims: { all: 3, ended: 3 } }])).toBe('every claim ran');
});

import pc from 'picocolors';
import { expect, test } from 'vitest';
import { sampleChapter, sampleClaim, sampleRun } from '../../helpers/record/sample.ts';
import { closing } from './closing.ts';

const plain = pc.createColors(false);

test('a run that ended badly says what went wrong, why, where the evidence is and how to see it again', () => {
  const run = sampleRun(
    [
      sampleChapter([
        sampleClaim(),
        sampleClaim({
          title: 'a mark of 0x2',
          outcome: 'failed',
          error: 'expected 200\ngot 503',
          evidence: 'reports/r/e',
        }),
        sampleClaim({ outcome: 'skipped', reason: 'ipv6: off' }),
      ]),
      sampleChapter(
        [sampleClaim({ outcome: 'error', error: 'lab: no' }), sampleClaim({ outcome: 'error', error: 'lab: no' })],
        { slug: 'tproxy' },
      ),
    ],
    { outcome: 'failed' },
  );
  expect(closing(run, { folder: 'reports/r' }, plain)).toBe(`✗ original-dst: a mark of 0x2
    expected 200
    got 503
    bundle    reports/r/e
    replay    npm run bigbook -- run original-dst --claim 'a mark of 0x2' --envoy 1.40.0

! tproxy: 2 claims without a result
    lab: no
    replay    npm run bigbook -- run tproxy --envoy 1.40.0

chapter       passed  failed  skipped  error  lab start  claims
original-dst       1       1        1      0     412 ms   36 ms
tproxy             0       0        0      2     412 ms   24 ms

failed: Envoy 1.40.0 (commit 0123456789ab, release binary) on Linux 6.18.0 x86_64, iptables v1.8.11 (nf_tables), Docker 20.10.24, 4.1 s
– 1 claim skipped: ipv6: off
report: reports/r/report.html`);
});

test('a chapter that did not load leaves its error and no table', () => {
  const run = sampleRun([], { outcome: 'error', errors: ['suites/x.test.ts: no such module'] });
  expect(closing(run, { folder: 'reports/r' }, plain)).toMatch(/^! suites\/x\.test\.ts: no such module\n\nerror: /);
});

test('an interrupted run says what did not run and where the partial report is', () => {
  const run = sampleRun([sampleChapter([sampleClaim()])], { outcome: 'running' });
  const text = closing(run, { folder: 'reports/r', notRun: 'not run:\n  1 chapter: tcp-proxy' }, plain);
  expect(text).toMatch(
    /\ninterrupted: Envoy 1\.40\.0 .*\nnot run:\n {2}1 chapter: tcp-proxy\npartial report: reports\/r\/report\.html$/,
  );
});

test('reports that could not be written are not named as if they were there', () => {
  const reports = { folder: 'reports/r', problem: 'cannot write reports/r: ENOSPC' };
  expect(closing(sampleRun([sampleChapter([sampleClaim()])]), reports, plain)).toMatch(
    /\nno report: cannot write reports\/r: ENOSPC$/,
  );
});

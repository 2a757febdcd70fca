import { expect, test } from 'vitest';
import { sampleChapter, sampleClaim, sampleEnvoy, sampleRun } from '../record/sample.ts';
import { summarize } from './summary.ts';

test('the summary of a passed run names its environment and every claim', () => {
  expect(
    summarize(sampleRun([sampleChapter([sampleClaim(), sampleClaim({ title: 'a | b', durationMs: 1234 })])])),
  ).toBe(
    `# original-dst on Envoy 1.40.0

**All claims passed.** 1 chapter, 2 claims: 2 passed.

Run 20261122T235900Z-4711, started 2026-11-22T23:59:00.000Z, 4.1 s.

| Envoy | 1.40.0 |
| --- | --- |
| Build | \`0123456789abcdef0123456789abcdef01234567/1.40.0/Clean/RELEASE/BoringSSL\` |
| Image | \`envoy-big-book/envoy:1.40.0\` (release binary) |
| Machine | Linux 6.18.0 x86_64, iptables v1.8.11 (nf_tables), Docker 20.10.24 |
| Rule backend | \`iptables-nft\` |
| Missing capabilities | tproxy (xt_TPROXY is not there) |

## REDIRECT keeps the original destination

\`original-dst\`: Envoy connects to the address the downstream dialled. (same host, \`original-dst.yaml\`)

| claim | 1.40.0 |
| --- | ---: |
| the address dialled wins | ✓ 12 ms |
| a \\| b | ✓ 1.2 s |
| *lab start* | 412 ms |
`,
  );
});

test('several Envoy versions are columns, with the known changes of claims', () => {
  const change = { since: '1.38.1', what: 'the body is shorter', source: 'undocumented' };
  const passed = sampleEnvoy([sampleChapter([sampleClaim({ changes: [change] })])], { name: '1.36.4' });
  const failed = sampleEnvoy([sampleChapter([sampleClaim({ outcome: 'failed', error: 'expected 1' })])]);
  const page = summarize(sampleRun([], { outcome: 'failed', envoys: [passed, failed] }));
  expect(page).toContain('1 chapter on 2 Envoy versions, 2 claims: 1 passed, 1 failed.');
  expect(page).toContain(`| claim | 1.36.4 | 1.40.0 |
| --- | ---: | ---: |
| the address dialled wins<br>*since 1.38.1: the body is shorter (undocumented)* | ✓ 12 ms | ✗ 12 ms |`);
  expect(page).toContain('### original-dst on Envoy 1.40.0: the address dialled wins');
});

test('a failed claim is before the environment, with its error, its failure bundle and the replay command', () => {
  const failed = sampleClaim({
    outcome: 'failed',
    error: 'expected 200\n```\ngot 503',
    evidence: 'reports/x/evidence/a',
  });
  const page = summarize(sampleRun([sampleChapter([failed])], { outcome: 'failed' }));
  expect(page).toContain('**At least one claim failed.** 1 chapter, 1 claim: 1 failed.');
  expect(page.indexOf('## Failed claims')).toBeLessThan(page.indexOf('| Build |'));
  expect(page).toContain('| the address dialled wins | ✗ 12 ms |');
  expect(page).toContain(`### original-dst: the address dialled wins

\`\`\`\`text
expected 200
\`\`\`
got 503
\`\`\`\`

Failure bundle: \`reports/x/evidence/a\`

Replay:

\`\`\`text
npm run bigbook -- run original-dst --claim 'the address dialled wins' --envoy 1.40.0
\`\`\``);
});

test('a run of selected claims has its command and the number of those that it left out', () => {
  const page = summarize(
    sampleRun([sampleChapter([sampleClaim()], { notSelected: 12 })], { command: 'npm run bigbook -- run -t wins' }),
  );
  expect(page).toContain('1 chapter, 1 claim: 1 passed; 12 claims not selected.');
  expect(page).toContain('```sh\nnpm run bigbook -- run -t wins\n```');
});

test('a partial run has the number of skipped claims and the reason', () => {
  const skipped = sampleClaim({ outcome: 'skipped', reason: 'tproxy: xt_TPROXY is not there' });
  const page = summarize(sampleRun([sampleChapter([sampleClaim(), skipped])], { outcome: 'partial' }));
  expect(page).toContain('**Partial:');
  expect(page).toContain('## Skipped claims\n\n- 1 claim: tproxy: xt_TPROXY is not there');
});

test('an interrupted run without an Envoy has its error', () => {
  const bare = sampleRun([], { outcome: 'running', errors: ['suites/x.test.ts: no such module'] });
  const page = summarize(bare);
  expect(page).toContain('**The run was interrupted;');
  expect(page).toContain('0 chapters: no claim ran');
  expect(page).toContain('suites/x.test.ts: no such module');
});

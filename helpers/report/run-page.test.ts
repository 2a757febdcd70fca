import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sampleChapter, sampleClaim, sampleEnvoy, sampleRun } from '../record/sample.ts';
import { runPage } from './run-page.ts';

/** The text of a page as a reader has it, without tags. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
}

test('the page of a passed run names its environment, every claim and the durations', () => {
  const page = runPage(sampleRun([sampleChapter([sampleClaim(), sampleClaim({ title: 'slow', durationMs: 1234 })])]));
  const text = textOf(page);
  expect(page).toContain('<title>All claims passed. envoy-big-book, run 20261122T235900Z-4711</title>');
  expect(text).toContain('All claims passed. 1 chapter: 2 passed.');
  expect(text).toContain('REDIRECT keeps the original destination original-dst ✓ 2 passed');
  expect(text).toContain('the address dialled wins ✓ passed 12 ms slow ✓ passed 1.2 s lab start 412 ms');
  expect(text).toContain('The slowest claims chapter claim time original-dst slow 1.2 s original-dst the address');
  expect(text).toContain('lab start 412 ms, 2 claims 1.2 s 1.7 s');
  expect(text).toContain('Envoy 1.40.0, commit 0123456789abcdef0123456789abcdef01234567');
  expect(text).toContain('Kernel 6.18.0');
  expect(text).toContain('Lacking tproxy (xt_TPROXY is not there)');
  expect(text).not.toContain('What went wrong');
  expect(text).not.toContain('Not tried here');
});

test('it needs nothing beside it: its policy lets nothing be fetched or run, and its own style be used', () => {
  const page = runPage(sampleRun([sampleChapter([sampleClaim()])]));
  const [, style = ''] = /<style>(.*)<\/style>/s.exec(page) ?? [];
  const digest = createHash('sha256').update(style).digest('base64');
  expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-${digest}&#39;"`);
  expect(page).not.toMatch(/<script|<link|<img|\ssrc=|url\(|@import|https?:| style="/);
});

test('several Envoys stand beside each other, with what a claim says of versions and what each warned of', () => {
  const change = { since: '1.38.1', what: 'the body is shorter', source: 'undocumented' };
  const passed = sampleEnvoy([sampleChapter([sampleClaim({ changes: [change] })], { warnings: ['old field'] })], {
    name: '1.36.4',
  });
  const failed = sampleEnvoy([sampleChapter([sampleClaim({ outcome: 'failed', error: 'expected 1' })])]);
  const text = textOf(runPage(sampleRun([], { outcome: 'failed', envoys: [passed, failed] })));
  expect(text).toContain('1 chapter on 2 Envoy versions: 1 passed, 1 failed.');
  expect(text).toContain('chapter 1.36.4 1.40.0 original-dst ✓ 1 passed ✗ 1 failed');
  expect(text).toContain('since 1.38.1: the body is shorter (undocumented) ✓ passed 12 ms ✗ failed 12 ms');
  expect(text).toContain('original-dst on Envoy 1.40.0: the address dialled wins');
  expect(text).toContain('1.36.4: old field');
});

test('a claim that failed comes with its reason, its evidence, what was seen, and the command that replays it', () => {
  const failed = sampleClaim({
    outcome: 'failed',
    error: 'expected <b>\ngot &amp;</pre>',
    evidence: 'reports/x/evidence/a',
  });
  const page = runPage(sampleRun([sampleChapter([failed])], { outcome: 'failed' }), (folder) => [
    { path: 'envoy/log.txt', text: `of ${folder}: </pre><script>`, left: 1234 },
  ]);
  expect(page).toContain('>expected &lt;b&gt;\ngot &amp;amp;&lt;/pre&gt;</pre>');
  expect(page).toContain('<code>envoy/log.txt</code>');
  expect(page).toContain('of reports/x/evidence/a: &lt;/pre&gt;&lt;script&gt;</pre>');
  expect(page).toContain('The file has 1,234 characters more.');
  expect(page).toContain('bigbook -- run original-dst --claim &#39;the address dialled wins&#39; --envoy 1.40.0</pre>');
  // The chapter that it belongs to stands open.
  expect(page).toContain('<details id="chapter-original-dst" open>');
});

test('where most of a book fails, the page stays one that can be opened', () => {
  const claims = Array.from({ length: 25 }, (_, at) =>
    sampleClaim({ title: `claim ${at}`, outcome: 'failed', error: 'no', evidence: `e/${at}` }),
  );
  const asked: string[] = [];
  runPage(sampleRun([sampleChapter(claims)], { outcome: 'failed' }), (folder) => {
    asked.push(folder);
    return [];
  });
  expect(asked).toHaveLength(20);
});

test('a partial run says what was not tried and why', () => {
  const skipped = sampleClaim({ outcome: 'skipped', reason: 'tproxy: xt_TPROXY is not there' });
  const text = textOf(runPage(sampleRun([sampleChapter([sampleClaim(), skipped])], { outcome: 'partial' })));
  expect(text).toContain('Partial: all claims that ran passed');
  expect(text).toContain('Not tried here 1 claim: tproxy: xt_TPROXY is not there');
});

test('a run that was cut off, or met no Envoy, says so', () => {
  const bare = sampleRun([], { outcome: 'running', errors: ['suites/x.test.ts: no such module'] });
  const text = textOf(runPage(bare));
  expect(text).toContain('The run was interrupted;');
  expect(text).toContain('0 chapters: no claim ran');
  expect(text).toContain('Outside every claim suites/x.test.ts: no such module');
  expect(text).not.toContain('Where the time went');
});

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { emptyObservation } from '../exchange/observation.ts';
import { sampleChapter, sampleClaim, sampleEnvoy, sampleRun } from '../record/sample.ts';
import { runPage } from './run-page.ts';

/** The text of a page as a reader has it, without tags. */
function textOf(page: string): string {
  return page
    .replaceAll(/<(style|script)>.*?<\/\1>/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
}

test('the page of a passed run names its environment, every claim and the durations', () => {
  const page = runPage(sampleRun([sampleChapter([sampleClaim(), sampleClaim({ title: 'slow', durationMs: 1234 })])]));
  const text = textOf(page);
  expect(page).toContain('<title>passed: original-dst on Envoy 1.40.0 – envoy-big-book</title>');
  expect(text).toContain('original-dst on Envoy 1.40.0 All claims passed. 1 chapter, 2 claims: 2 passed.');
  expect(text).toContain('Envoy 1.40.0 (release binary, commit 0123456789ab) Kernel Linux 6.18.0 x86_64');
  expect(text).toContain('REDIRECT keeps the original destination original-dst ✓ 2 passed');
  expect(text).toContain('the address dialled wins ✓ passed 12 ms slow ✓ passed 1.2 s lab start 412 ms');
  expect(text).toContain('The slowest claims chapter claim duration original-dst slow 1.2 s original-dst the address');
  expect(text).toContain('lab start 412 ms, 2 claims 1.2 s 1.7 s');
  expect(text).toContain('Envoy 1.40.0, commit 0123456789abcdef0123456789abcdef01234567');
  expect(text).toContain('Missing capabilities tproxy (xt_TPROXY is not there)');
  expect(text).not.toMatch(/Failed claims|Errors|Skipped claims/);
});

test('the page fetches nothing, and its policy allows its own style and script only', () => {
  const page = runPage(sampleRun([sampleChapter([sampleClaim()])]));
  const hashOf = (name: string): string => {
    const [, content = ''] = new RegExp(`<${name}>(.*)</${name}>`, 's').exec(page) ?? [];
    return `&#39;sha256-${createHash('sha256').update(content).digest('base64')}&#39;`;
  };
  expect(page).toContain(
    `content="default-src &#39;none&#39;; style-src ${hashOf('style')}; script-src ${hashOf('script')}"`,
  );
  expect(page).not.toMatch(/<script |<link|<img|\ssrc=|url\(|@import|https?:| style="/);
});

test('several Envoy versions are columns, with the known changes of claims and the warnings of each version', () => {
  const change = { since: '1.38.1', what: 'the body is shorter', source: 'undocumented' };
  const passed = sampleEnvoy([sampleChapter([sampleClaim({ changes: [change] })], { warnings: ['old field'] })], {
    name: '1.36.4',
  });
  const failed = sampleEnvoy([sampleChapter([sampleClaim({ outcome: 'failed', error: 'expected 1' })])]);
  const page = runPage(sampleRun([], { outcome: 'failed', envoys: [passed, failed] }));
  const text = textOf(page);
  expect(page).toContain('<title>failed: original-dst on 2 Envoy versions – envoy-big-book</title>');
  expect(text).toContain('Envoy 1.36.4, 1.40.0 Kernel');
  expect(text).toContain('1 chapter on 2 Envoy versions, 2 claims: 1 passed, 1 failed.');
  expect(text).toContain('chapter 1.36.4 1.40.0 original-dst ✓ 1 passed ✗ 1 failed');
  expect(text).toContain('since 1.38.1: the body is shorter (undocumented) ✓ passed 12 ms ✗ failed 12 ms');
  expect(text).toContain('original-dst on Envoy 1.40.0: the address dialled wins');
  expect(text).toContain('1.36.4: old field');
});

test('a failed claim has its error, its failure bundle, the observations, and the replay command', () => {
  const failed = sampleClaim({
    outcome: 'failed',
    error: 'expected <b>\ngot &amp;</pre>',
    evidence: 'reports/x/evidence/a',
    observations: [
      {
        ...emptyObservation('GET http://<blue>'),
        replies: [{ status: 503, headers: [['server', 'envoy']], body: '' }],
      },
    ],
  });
  const page = runPage(sampleRun([sampleChapter([failed])], { outcome: 'failed' }), {
    readBundle: (folder) => [{ path: 'envoy/log.txt', text: `of ${folder}: </pre><script>`, left: 1234 }],
  });
  expect(page).toContain('>expected &lt;b&gt;\ngot &amp;amp;&lt;/pre&gt;</pre>');
  expect(page).toContain('<code>envoy/log.txt</code>');
  expect(page).toContain('of reports/x/evidence/a: &lt;/pre&gt;&lt;script&gt;</pre>');
  expect(page).toContain('The file has 1,234 more characters.');
  expect(page).toContain('<a href="../../reports/x/evidence/a">reports/x/evidence/a</a>');
  expect(page).toContain('bigbook -- run original-dst --claim &#39;the address dialled wins&#39; --envoy 1.40.0</pre>');
  expect(textOf(page)).toMatch(/: 503 server: envoy/);
  // Its chapter is open.
  expect(page).toContain('<details id="chapter-original-dst" open>');
});

test('the observations of a failed claim are open while they are short, those of an error closed', () => {
  const reply = {
    status: 503,
    headers: Array.from({ length: 50 }, (_, at): [string, string] => [`x-${at}`, '']),
    body: '',
  };
  const observations = ['one', 'two', 'three'].map((exchange) => ({ ...emptyObservation(exchange), replies: [reply] }));
  const pageOf = (outcome: 'failed' | 'error') =>
    runPage(sampleRun([sampleChapter([sampleClaim({ outcome, error: 'no', observations })])], { outcome }));
  const open = [...pageOf('failed').matchAll(/<details open>\n<summary>Observed: <code>(\w+)/g)];
  expect(open.map(([, exchange]) => exchange)).toEqual(['one']);
  expect(pageOf('error')).not.toContain('<details open>');
  expect(pageOf('error')).toContain('<summary>Masked record (JSON)</summary>');
});

test('a run of selected claims has its command and the number of those that it left out', () => {
  const claim = sampleClaim({ outcome: 'failed', error: 'expected 1' });
  const command = "npm run bigbook -- run original-dst -t '<a>'";
  const run = sampleRun([sampleChapter([claim], { notSelected: 12 })], { outcome: 'failed', command });
  const text = textOf(runPage(run));
  expect(text).toContain('1 chapter, 1 claim: 1 failed; 12 claims not selected.');
  expect(text).toContain(`Command ${command}`.replace('>', '&gt;'));
  expect(text).toContain('✗ 1 failed 12 not selected');
});

test('places in source files and titles of claims are links that work from the folder of the report', () => {
  const error = 'expected 200 to be 503\nat suites/original-dst/claims.test.ts:13:51: expect(1)';
  const run = sampleRun([sampleChapter([sampleClaim({ outcome: 'failed', error })])], { outcome: 'failed' });
  const page = runPage(run);
  expect(page).toContain(
    'at <a href="../../suites/original-dst/claims.test.ts#L13">suites/original-dst/claims.test.ts:13:51</a>:',
  );
  expect(page).toContain('href="../../docs/original-dst.md#claim-the-address-dialled-wins">');
  const elsewhere = runPage(run, { links: { toProject: '../book', hasPage: () => false } });
  expect(elsewhere).toContain('href="../book/suites/original-dst/claims.test.ts#L13"');
  expect(elsewhere).not.toContain('/docs/');
});

test('in a diff the expected and the received lines differ by sign and by colour', () => {
  const error = 'expected a to be b\n- Expected\n+ Received\n\n-   "a": 1\n+   "a": 2';
  const page = runPage(sampleRun([sampleChapter([sampleClaim({ outcome: 'failed', error })])], { outcome: 'failed' }));
  expect(page).toContain('<span class="expected">-   &quot;a&quot;: 1</span>\n<span class="received">+   ');
});

test('failed claims are before errors, and failing chapters before others', () => {
  const lab = 'lab b-chapter: Envoy ended';
  const page = runPage(
    sampleRun(
      [
        sampleChapter([sampleClaim()], { slug: 'a-chapter' }),
        sampleChapter(
          [sampleClaim({ outcome: 'error', error: lab }), sampleClaim({ title: 'b', outcome: 'error', error: lab })],
          { slug: 'b-chapter' },
        ),
        sampleChapter([sampleClaim({ outcome: 'failed', error: 'expected 1' })], { slug: 'c-chapter' }),
      ],
      { outcome: 'failed', errors: ['no such module'] },
    ),
  );
  const text = textOf(page);
  expect(text).toMatch(/Failed claims c-chapter: .* Errors Outside every claim no such module b-chapter: 2 claims/);
  expect([...page.matchAll(/<details id="chapter-(\w)/g)].map(([, slug]) => slug)).toEqual(['c', 'b', 'a']);
  expect(page).toContain('bigbook -- run b-chapter --envoy 1.40.0</pre>');
});

test('a page embeds at most 20 failure bundles', () => {
  const claims = Array.from({ length: 25 }, (_, at) =>
    sampleClaim({ title: `claim ${at}`, outcome: 'failed', error: 'no', evidence: `e/${at}` }),
  );
  const read: string[] = [];
  const readBundle = (folder: string) => {
    read.push(folder);
    return [];
  };
  runPage(sampleRun([sampleChapter(claims)], { outcome: 'failed' }), { readBundle });
  expect(read).toHaveLength(20);
});

test('a partial run has the number of skipped claims and the reason', () => {
  const skipped = sampleClaim({ outcome: 'skipped', reason: 'tproxy: xt_TPROXY is not there' });
  const text = textOf(runPage(sampleRun([sampleChapter([sampleClaim(), skipped])], { outcome: 'partial' })));
  expect(text).toContain('Partial: all claims that ran passed');
  expect(text).toContain('Skipped claims 1 claim: tproxy: xt_TPROXY is not there');
});

test('an interrupted run without an Envoy has its error', () => {
  const bare = sampleRun([], { outcome: 'running', errors: ['suites/x.test.ts: no such module'] });
  const page = runPage(bare);
  const text = textOf(page);
  expect(page).toContain('<title>interrupted: 0 chapters – envoy-big-book</title>');
  expect(text).toContain('The run was interrupted;');
  expect(text).toContain('0 chapters: no claim ran');
  expect(text).toContain('Envoy none started Kernel unknown');
  expect(text).toContain('Outside every claim suites/x.test.ts: no such module');
  expect(text).not.toContain('Durations');
});

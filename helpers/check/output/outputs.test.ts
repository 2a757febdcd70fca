import pc from 'picocolors';
import { expect, test } from 'vitest';
import { sampleConfig, sampleFinding, sampleReport } from '../sample.ts';
import { maskSecrets } from '../secrets.ts';
import { checkAnnotations } from './annotations.ts';
import { replayOf } from './finding-parts.ts';
import { checkJunit } from './junit.ts';
import { checkMarkdown } from './markdown.ts';
import { checkPage } from './page.ts';
import { checkText } from './text.ts';

const GUARD = { kind: 'guard', guard: 'envoy.reloadable_features.hide', value: false } as const;
const FINDING = sampleFinding({ cause: GUARD, line: 12 });
const REPORT = sampleReport([
  sampleConfig([
    FINDING,
    sampleFinding({ code: 'added-1', level: 'added', what: 'counter x', request: 'r-2', count: 1 }),
  ]),
]);

const plain = { colours: pc.createColors(false), width: 120, failOn: 'answer', program: 'npx bigbook' } as const;

const FORMS = {
  text: (report = REPORT) => checkText(report, plain),
  markdown: (report = REPORT) => checkMarkdown(report, 'npx bigbook'),
  html: (report = REPORT) => checkPage(report, 'answer', 'npx bigbook'),
  junit: (report = REPORT) => checkJunit(report, 'answer', 'npx bigbook'),
  annotations: (report = REPORT) => checkAnnotations(report, 'answer'),
  json: (report = REPORT) => JSON.stringify(report),
};

test('the text begins with the verdict, and shows each finding with its values, cause and replay command', () => {
  expect(FORMS.text()).toBe(`envoy.yaml  edge; 1 listener, 1 route, 1 cluster
1.37.0 → 1.38.3: 1 finding in 4 requests: 1 answer

answer  response body differs  [answer-3f2a91, in 2 places]
  at      GET a/ on 8443 (envoy.yaml:12)
  1.37.0  connection failure[-, transport failure reason: refused-]
  1.38.3  connection failure
  cause   guard envoy.reloadable_features.hide: with false, as 1.37.0 (--guard envoy.reloadable_features.hide=false)
  replay  npx bigbook check envoy.yaml --envoy 1.37.0,1.38.3 --only r-1a2b3c --keep

added  1 name
  counter x

not seen
  route a[1]: no request is derived from a regex on a header

made and added
  An access log is added to each listener.

4 requests of 5 (--all-requests sends all), 3 reached an upstream; no noise`);
});

test('without colours no escape sequence is printed', () => {
  expect(FORMS.text()).not.toContain('\u001b');
  expect(checkText(REPORT, { ...plain, colours: pc.createColors(true) })).toContain('\u001b[31m');
});

test('an annotation names the file and the line, with the escapes of GitHub', () => {
  expect(FORMS.annotations()).toBe(
    '::error file=envoy.yaml,line=12,title=Envoy 1.37.0 → 1.38.3%3A answer [answer-3f2a91]::response body differs%0A' +
      'at GET a/ on 8443%0Aguard envoy.reloadable_features.hide: with false, as 1.37.0 (--guard envoy.reloadable_features.hide=false)\n',
  );
});

test('a lighter finding is a warning, and an accepted one is not annotated', () => {
  const report = sampleReport([sampleConfig([sampleFinding({ level: 'log' }), sampleFinding({ accepted: 'known' })])]);
  expect(FORMS.annotations(report)).toMatch(/^::warning [^\n]*\n$/);
});

test('JUnit has a failure for a finding that fails, and skips lighter and accepted ones', () => {
  const report = sampleReport([
    sampleConfig([FINDING, sampleFinding({ level: 'log' }), sampleFinding({ accepted: 'known' })]),
    sampleConfig([]),
  ]);
  const xml = FORMS.junit(report);
  expect([...xml.matchAll(/<testcase/g)]).toHaveLength(4);
  expect([...xml.matchAll(/<failure/g)]).toHaveLength(1);
  expect([...xml.matchAll(/<skipped/g)]).toHaveLength(2);
});

test('names of a config are text in Markdown and HTML', () => {
  const place = '<img src=x onerror=alert(1)> | `a` [b](c)';
  const report = sampleReport([sampleConfig([sampleFinding({ place, what: place })])]);
  expect(FORMS.markdown(report)).not.toContain('<img');
  expect(FORMS.markdown(report)).toContain('\\| \\`a\\` \\[b\\](c)');
  expect(FORMS.html(report)).not.toContain('<img');
});

test.each(Object.entries(FORMS))('%s of a masked report contains no secret, and shows the finding', (_, form) => {
  const canary = 'canary-of-this-test';
  const report = sampleReport(
    [
      sampleConfig(
        [
          sampleFinding({
            a: `with ${canary}`,
            b: `at ${Buffer.from(canary).toString('base64')}`,
            place: `GET /${canary}`,
          }),
          sampleFinding({ level: 'log', what: 'key -----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----' }),
        ],
        { notes: [canary], added: [`/path of ${canary}`], verdict: canary },
      ),
    ],
    { command: `bigbook check --env X=${canary}` },
  );
  const text = form(maskSecrets(report, { variables: { X: canary }, texts: [] }));
  expect(text).not.toContain('canary');
  expect(text).not.toContain(Buffer.from(canary).toString('base64').slice(0, 20));
  expect(text).toContain('answer-3f2a91');
});

test('a replay names each Envoy once, and variables of the shell in place of secrets', () => {
  const finding = sampleFinding({ request: 'r-1' });
  const loads = ['1.40.0', '1.40.0 once more'].map((envoy) => ({ envoy, outcome: 'live' as const, ms: 1 }));
  const secret = ['API_TOKEN=', '{API_TOKEN}'].join('$');
  expect(replayOf(finding, sampleConfig([finding], { loads, options: ['--env', secret] }), 'bigbook')).toBe(
    'bigbook check envoy.yaml --env "API_TOKEN=$API_TOKEN" --envoy 1.40.0,1.40.0 --only r-1 --keep',
  );
});

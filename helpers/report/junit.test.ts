import { expect, test } from 'vitest';
import { sampleChapter, sampleClaim, sampleRun } from '../record/sample.ts';
import { toJunit } from './junit.ts';

test('suites carry the project, the chapter and the Envoy, and counts by kind', () => {
  const xml = toJunit(
    sampleRun([
      sampleChapter([
        sampleClaim(),
        sampleClaim({ outcome: 'failed', error: 'expected 200\nat suites/x.test.ts:1:2' }),
        sampleClaim({ outcome: 'error', error: 'lab: Envoy ended' }),
        sampleClaim({ outcome: 'skipped', reason: 'tproxy: xt_TPROXY is not there' }),
      ]),
    ]),
  );
  expect(xml).toContain('<testsuites tests="4" failures="1" errors="1" skipped="1">');
  expect(xml).toContain(
    '<testsuite name="envoy-big-book: original-dst (Envoy 1.40.0)" timestamp="2026-11-22T23:59:00.000Z"',
  );
  expect(xml).toContain('<failure message="expected 200" type="claim failed">');
  expect(xml).toContain('at suites/x.test.ts:1:2');
  expect(xml).toContain('<error message="lab: Envoy ended" type="set-up or lab error">');
  expect(xml).toMatch(/<skipped\/>\s*<system-out>\s*<!\[CDATA\[skipped: tproxy: xt_TPROXY is not there]]>/);
});

test('the report contains valid XML characters only, and no text ends its CDATA section', () => {
  const error = 'a\u0000b <&"]]> \u001b[31m\nx ]]> y';
  const xml = toJunit(sampleRun([sampleChapter([sampleClaim({ outcome: 'failed', error })])]));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  expect(xml).toContain('message="a\ufffdb &lt;&amp;&quot;]]');
  expect(xml).toContain('<![CDATA[a\ufffdb <&"]] > \ufffd[31m\nx ]] > y]]>');
});

test('an error outside every claim is a test case with an error', () => {
  const xml = toJunit(sampleRun([], { outcome: 'error', errors: ['suites/x.test.ts: no such module\nat x'] }));
  expect(xml).toContain('<testsuites tests="1" failures="0" errors="1" skipped="0">');
  expect(xml).toContain('<error message="suites/x.test.ts: no such module"');
});

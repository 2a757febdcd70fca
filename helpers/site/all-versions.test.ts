import { describe, expect, test } from 'vitest';
import { prose } from '../book/markdown.ts';
import { CHANGES } from '../envoy/known-changes.ts';
import { emptyObservation } from '../exchange/observation.ts';
import type { RunRecord } from '../record/record.ts';
import { sampleChapter, sampleClaim, sampleEnvoy, sampleRun } from '../record/sample.ts';
import { allVersionsSection } from './all-versions.ts';

const PASSED = [sampleClaim({ title: 'one' }), sampleClaim({ title: 'two' })];

function recordOf(versions: Record<string, ReturnType<typeof sampleChapter>[]>): RunRecord {
  const envoys = Object.entries(versions).map(([version, chapters]) => {
    const { build } = sampleEnvoy([]);
    return sampleEnvoy(chapters, { name: version, ...(build && { build: { ...build, version } }) });
  });
  return sampleRun([], { envoys });
}

/** Pages of chapters that have the claim `two`. */
function pagesOf(...slugs: string[]): Map<string, string> {
  return new Map(slugs.map((slug) => [`${slug}.md`, '### <a id="claim-two"></a>two\n']));
}

test('without a record the section names the commands that make one', () => {
  const section = allVersionsSection(undefined, new Map());
  expect(section).toContain('npm run bigbook -- run --envoy all --in-order --record all.json\n');
  expect(section).toContain('npm run site -- --record all.json\n');
});

test('versions, and chapters, whose claims all passed are one row', () => {
  const chapters = [sampleChapter(PASSED), sampleChapter(PASSED, { slug: 'tcp-proxy' })];
  const section = allVersionsSection(recordOf({ '1.39.3': chapters, '1.40.0': chapters }), pagesOf('tcp-proxy'));
  expect(section).toContain('| Envoy | claims |\n| --- | --- |\n| 1.39.3, 1.40.0 | all 4 passed |\n\n');
  expect(section).toContain('\n| `original-dst`, [tcp-proxy](tcp-proxy.md) | all passed on every version |\n\n');
  expect(section).not.toContain('did not pass');
});

describe('where a claim did not pass', () => {
  const failed = [sampleClaim({ title: 'one' }), sampleClaim({ title: 'two', outcome: 'failed' })];
  const tcp = sampleChapter(PASSED, { slug: 'tcp-proxy' });
  const record = recordOf({
    '1.38.3': [tcp],
    '1.39.3': [sampleChapter(failed), tcp],
    '1.40.0': [sampleChapter(failed), tcp],
  });
  const section = allVersionsSection(record, pagesOf('original-dst', 'tcp-proxy'));

  test('its versions and its chapter have rows of their own', () => {
    expect(section).toContain('| 1.38.3 | all 2 passed |\n| 1.39.3, 1.40.0 | 3 passed, 1 failed |\n\n');
    expect(section).toContain(
      '| [original-dst](original-dst.md) | 1.39.3: 1 passed, 1 failed; 1.40.0: 1 passed, 1 failed; 1.38.3: did not run |',
    );
    expect(section).toContain('| [tcp-proxy](tcp-proxy.md) | all passed on every version |');
  });

  test('it is named once, with its outcome and versions', () => {
    expect(section).toContain('| [two](original-dst.md#claim-two) | failed | 1.39.3, 1.40.0 |');
  });
});

test('a change is shown by an example of its values, or listed as not exercised', () => {
  const { what } = CHANGES.requestHeaderLimitsReached;
  const counter = 'http.ingress.ext_authz.request_header_limits_reached';
  const seen = (stats: Record<string, number>) =>
    sampleChapter([sampleClaim({ observations: [{ ...emptyObservation('GET /'), stats }] })], {
      slug: 'ext-authz-proxy',
    });
  const record = recordOf({ '1.36.4': [seen({})], '1.37.0': [seen({ [counter]: 1 })] });
  const section = allVersionsSection(record, pagesOf('ext-authz-proxy'));
  expect(section).toContain(`**${prose(what)} (since 1.37.0)**\n\nAffects counters. Seen in 1 claim: `);
  const example = `Example: \`stats.${counter}\`: absent on 1.36.4, \`1\` on 1.37.0, in the address dialled wins.`;
  expect(section).toContain(example);
  expect(section).toMatch(/Not exercised by this record:\n\n(- .*\n){7}/);
});

test('a warning is listed once, with its versions and chapters', () => {
  const warned = sampleChapter(PASSED, { warnings: ['no limit is set'] });
  const section = allVersionsSection(recordOf({ '1.39.3': [sampleChapter(PASSED)], '1.40.0': [warned] }), new Map());
  expect(section).toContain('- no limit is set Logged on 1.40.0, with the configs of `original-dst`.');
});

import { describe, expect, test } from 'vitest';
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

test('without a record the section names the commands that make one', () => {
  const section = allVersionsSection(undefined, []);
  expect(section).toContain('npm run bigbook -- run --envoy all --in-order --record all-versions.json\n');
  expect(section).toContain('npm run site -- --record all-versions.json\n');
});

test('versions, and chapters, whose claims all passed are one row', () => {
  const chapters = [sampleChapter(PASSED), sampleChapter(PASSED, { slug: 'tcp-proxy' })];
  const section = allVersionsSection(recordOf({ '1.39.3': chapters, '1.40.0': chapters }), ['tcp-proxy']);
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
  const section = allVersionsSection(record, ['original-dst', 'tcp-proxy']);

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

test('a warning is listed once, with its versions and chapters', () => {
  const warned = sampleChapter(PASSED, { warnings: ['no limit is set'] });
  const section = allVersionsSection(recordOf({ '1.39.3': [sampleChapter(PASSED)], '1.40.0': [warned] }), []);
  expect(section).toContain('- no limit is set\n  \n  On 1.40.0, with the configs of `original-dst`.');
});

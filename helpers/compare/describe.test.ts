import pc from 'picocolors';
import { expect, test } from 'vitest';
import type { Change } from '../envoy/known-changes.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../record/sample.ts';
import type { Comparison } from './compare.ts';
import type { Explained } from './explain.ts';
import { comparisonJson } from './json.ts';
import { comparisonPage } from './markdown.ts';
import { describeComparison } from './terminal.ts';

const change: Change = { since: '1.38.1', what: 'the body is shorter', source: 'undocumented', shows: [] };

const place = { slug: 'original-dst', claim: 'while it is down', exchange: 'GET http://<blue>' };

const differences: Explained[] = [
  { ...place, path: 'replies[0].body', a: 'it failed, reason: x', b: 'it failed', status: 'known', change },
  { ...place, path: 'replies[1].body', a: 'it failed, reason: x', b: 'it failed', status: 'known', change },
  { ...place, path: 'stats.new|one', b: '1', status: 'new' },
];

function comparison(change: Partial<Comparison> = {}): Comparison {
  const [a, b] = ['1.37.0', '1.38.2'].map((name) => sampleEnvoy([sampleChapter([sampleClaim()])], { name }));
  if (!a || !b) throw new Error('there are two of them');
  return { a, b, chapters: ['original-dst'], differences, noise: [], stale: [], ...change };
}

test('on a terminal the same difference stands once, known and new apart, the changed part set off', () => {
  const said = describeComparison(comparison(), pc.createColors(false));
  expect(said).toContain(`known  since 1.38.1: the body is shorter (undocumented)
  replies[].body  2 times in original-dst
    1.37.0  it failed[-, reason: x-]
    1.38.2  it failed`);
  expect(said).toContain(`new
  stats.new|one  original-dst › while it is down › GET http://<blue>
    1.37.0  (nothing)
    1.38.2  1`);
  expect(said.split('\n').at(-1)).toBe('3 differences in 1 chapter (1 claim): 2 known, 1 new.');
});

test('as Markdown each difference is a row, and no value breaks the table', () => {
  const page = comparisonPage(comparison());
  expect(page).toContain('## Envoy 1.37.0 → 1.38.2\n\n3 differences in 1 chapter (1 claim): 2 known, 1 new.');
  expect(page).toContain('| `stats.new\\|one` |  | `1` | original-dst › while it is down › GET http://<blue> |');
  expect(page).toContain('**since 1.38.1: the body is shorter (undocumented)**');
});

test('as JSON each difference has its status, and a known one its reason', () => {
  expect(comparisonJson(comparison())).toMatchObject({
    a: { name: '1.37.0' },
    b: { name: '1.38.2' },
    differences: [
      { slug: 'original-dst', path: 'replies[0].body', status: 'known', reason: expect.stringContaining('1.38.1') },
      {},
      { status: 'new', b: '1' },
    ],
  });
});

test('without a difference that is said, and what was left out', () => {
  const noise = [{ ...place, path: 'stats.x', a: '1', b: '2' }];
  const said = describeComparison(comparison({ differences: [], noise, stale: [change] }), pc.createColors(false));
  expect(said).toContain('Both are built from one commit, 0123456789ab.');
  expect(said).toContain('stale: known, but not seen\n  since 1.38.1: the body is shorter (undocumented)');
  expect(said).toContain('noise: 1.37.0 against itself\n  stats.x');
  expect(said.split('\n').at(-1)).toBe(
    'No difference in 1 chapter (1 claim); 1 known change not seen; 1 place left out as noise.',
  );
});

test('records whose claims ran in different orders have a remark', () => {
  const plain = pc.createColors(false);
  expect(describeComparison(comparison({ differentOrder: true }), plain)).toContain('run both with one --seed');
  expect(describeComparison(comparison(), plain)).not.toContain('--seed');
});

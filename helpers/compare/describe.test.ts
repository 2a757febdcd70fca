import pc from 'picocolors';
import { expect, test } from 'vitest';
import type { Change } from '../envoy/known-changes.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../record/sample.ts';
import type { Comparison } from './compare.ts';
import type { Explained } from './explain.ts';
import type { Cause, GuardFindings } from './guard-causes.ts';
import { comparisonJson } from './json.ts';
import { comparisonPage } from './markdown.ts';
import { describeComparison } from './terminal.ts';

const change: Change = { since: '1.38.1', what: 'the body is shorter', source: 'undocumented', shows: [] };
const earlier: Change = { ...change, since: '1.37.0', what: 'a counter is new' };

const place = { slug: 'original-dst', claim: 'while it is down', exchange: 'GET http://<blue>' };
const known = { ...place, status: 'known', change } as const;

const differences: Explained[] = [
  { ...place, path: 'stats.cluster.a.new|one', b: '1', status: 'known', change: earlier },
  { ...known, path: 'replies[0].body', a: 'it failed, reason: x', b: 'it failed' },
  { ...known, path: 'replies[1].body', a: 'again: it failed, reason: x', b: 'again: it failed' },
  { ...known, path: 'accessLog[0].bytes_sent', a: '20', b: '9' },
  { ...known, path: 'accessLog[1].bytes_sent', a: '21', b: '10' },
  { ...place, path: 'stats.cluster.a.x', b: '1', status: 'new' },
  { ...place, path: 'stats.cluster.b.x', b: '1', status: 'new' },
  { ...place, path: 'replies[0].status', a: '200', b: '403', status: 'new' },
];

function comparison(change: Partial<Comparison> = {}): Comparison {
  const [a, b] = ['1.37.0', '1.38.2'].map((name) => sampleEnvoy([sampleChapter([sampleClaim()])], { name }));
  if (!a || !b) throw new Error('there are two of them');
  return { a, b, chapters: ['original-dst'], differences, noise: [], notExercised: [], ...change };
}

const plain = pc.createColors(false);

test('on a terminal unknown differences are first, by weight, and one change in many places is printed once', () => {
  const text = describeComparison(comparison(), plain);
  expect(text).toContain(`Unknown differences

status, body and headers to either side
  replies[].status
    1.37.0  [-200-]
    1.38.2  {+403+}
    original-dst › while it is down › GET http://<blue>

counters
  stats.cluster.*.x
    1.37.0  (nothing)
    1.38.2  1
    2 places, first: original-dst › while it is down › GET http://<blue>

Known changes

since 1.38.1: the body is shorter
  source: undocumented
  4 differences: 2 in status, body and headers to either side; 2 in access log and warnings
  replies[].body
    1.37.0  it failed[-, reason: x-]
    1.38.2  it failed
    2 places, first: original-dst › while it is down › GET http://<blue>
  accessLog[].bytes_sent
    1.37.0  [-20-]
    1.38.2  {+9+}
    2 places, first: original-dst › while it is down › GET http://<blue>

since 1.37.0: a counter is new`);
  expect(text.split('\n').slice(-3)).toEqual([
    '8 differences in 1 chapter (1 claim).',
    '',
    '3 unknown differences, and 2 known changes (5 differences). Look for the cause in the changes between both builds; if the change is intended, add it to helpers/envoy/known-changes.ts.',
  ]);
});

test('--all lists every place', () => {
  const text = describeComparison(comparison(), plain, true);
  expect(text).toContain(`  stats.cluster.*.x
    1.37.0  (nothing)
    1.38.2  1
    original-dst › while it is down › GET http://<blue>
    original-dst › while it is down › GET http://<blue>`);
});

test('a known change with many values prints the heaviest ones and the number of the others', () => {
  const many = Array.from({ length: 5 }, (_, at): Explained => ({ ...known, path: `stats.http.c${at}`, b: '1' }));
  const text = describeComparison(comparison({ differences: many }), plain);
  expect(text).toContain('and 2 more differences of 2 values: --all lists them');
  expect(describeComparison(comparison({ differences: many }), plain, true)).toContain('stats.http.c4');
  expect(text.split('\n').at(-1)).toBe(
    '1 entry (5 differences): all known changes. Before an upgrade, read the source of each change.',
  );
});

test('in Markdown the verdict is first, each value is a row, and no value breaks the table', () => {
  const page = comparisonPage(comparison());
  expect(page).toContain('## Envoy 1.37.0 → 1.38.2\n\n**3 unknown differences, and 2 known changes (5 differences).**');
  expect(page).toContain(
    '| counters | `stats.cluster.*.new\\|one` |  | `1` | original-dst › while it is down › GET http://<blue> |',
  );
  expect(page).toContain('**since 1.38.1: the body is shorter (undocumented)**');
  expect(page.indexOf('Unknown differences')).toBeLessThan(page.indexOf('Known changes'));
});

test('in JSON each difference has its weight and status, a known one its reason, in the order of the other forms', () => {
  expect(comparisonJson(comparison())).toMatchObject({
    a: { name: '1.37.0' },
    b: { name: '1.38.2' },
    verdict: '3 unknown differences, and 2 known changes (5 differences).',
    differences: [
      { weight: 1, path: 'replies[0].status', status: 'new' },
      { weight: 4, path: 'stats.cluster.a.x', status: 'new', b: '1' },
      { weight: 4, path: 'stats.cluster.b.x', status: 'new', b: '1' },
      { weight: 1, path: 'replies[0].body', status: 'known', reason: expect.stringContaining('1.38.1') },
      { weight: 1, path: 'replies[1].body' },
      { weight: 3, path: 'accessLog[0].bytes_sent' },
      { weight: 3, path: 'accessLog[1].bytes_sent' },
      { weight: 4, path: 'stats.cluster.a.new|one', reason: expect.stringContaining('1.37.0') },
    ],
  });
});

test('every form has every difference once', () => {
  const { differences: json } = comparisonJson(comparison()) as { differences: unknown[] };
  expect(json).toHaveLength(differences.length);
  for (const text of [describeComparison(comparison(), plain, true), comparisonPage(comparison(), true)])
    expect(text.split('GET http://<blue>')).toHaveLength(differences.length + 1);
});

test('where a claim fails on the newer version, the next step is its replay', () => {
  const failed: Explained = { ...place, path: 'outcome', a: 'passed', b: 'failed: expected 200', status: 'new' };
  expect(
    describeComparison(comparison({ differences: [failed] }), plain)
      .split('\n')
      .at(-1),
  ).toBe(
    "1 unknown difference. Replay a claim that failed: npm run bigbook -- run original-dst --claim 'while it is down' --envoy 1.38.2",
  );
});

test('without differences the verdict is short, and noise and changes not exercised are listed', () => {
  const noise = ['1.37.0', '1.38.2'].map((version) => ({ version, ...place, path: 'stats.x', a: '1', b: '2' }));
  const text = describeComparison(comparison({ differences: [], noise, notExercised: [change] }), plain);
  expect(text).toContain('Both are built from the same commit, 0123456789ab.');
  expect(text).toContain('Known changes that no compared claim exercises\n\nsince 1.38.1: the body is shorter');
  expect(text).toContain('Noise: 1.37.0 differs from itself\n\ncounters\n  stats.x');
  expect(text).toContain('Noise: 1.38.2 differs from itself\n\ncounters\n  stats.x');
  expect(text.split('\n').slice(-3)).toEqual([
    '0 differences in 1 chapter (1 claim), 2 places left out as noise, 1 known change not exercised.',
    '',
    'No differences.',
  ]);
});

test('records whose claims ran in different orders have a remark', () => {
  expect(describeComparison(comparison({ differentOrder: true }), plain)).toContain('run both with one --seed');
  expect(describeComparison(comparison(), plain)).not.toContain('--seed');
});

test('the guard that causes a difference is printed with it, and the search in every form', () => {
  const status = differences.find(({ path }) => path === 'replies[0].status');
  if (!status) throw new Error('there is a difference of the status');
  const cause: Cause = { kind: 'guard', guard: 'envoy.reloadable_features.x', value: false };
  const guards: GuardFindings = { guards: 32, runs: 16, ms: 46_300, causes: new Map([[status, cause]]) };
  const searched = comparison({ guards });
  const line = 'guard: envoy.reloadable_features.x; with false, as 1.37.0 (seen with and without it, twice each)';
  expect(describeComparison(searched, plain)).toContain(`GET http://<blue>\n    ${line}\n`);
  expect(comparisonPage(searched)).toContain(`GET http://<blue><br>${line} |`);
  const search = 'Guards that only 1.38.2 defines: 32; searched in 16 runs, 46.3 s.';
  expect([describeComparison(searched, plain), comparisonPage(searched)].every((text) => text.includes(search))).toBe(
    true,
  );
  expect(comparisonJson(searched)).toMatchObject({
    differences: expect.arrayContaining([expect.objectContaining({ path: 'replies[0].status', cause })]),
    guards: { defined: 32, runs: 16, seconds: 46.3 },
  });
});

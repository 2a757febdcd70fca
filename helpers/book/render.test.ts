import { expect, test } from 'vitest';
import { CHANGES } from '../envoy/known-changes.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../record/sample.ts';
import { config, withoutRule } from '../scenario/faults.ts';
import { sameHost, scenario } from '../scenario/scenario.ts';
import { pageDifferences } from './check.ts';
import { distilChapter } from './page-data.ts';
import { renderBook } from './render.ts';
import type { BookSources, ChapterSource } from './sources.ts';
import { distilEnvoys } from './versions-data.ts';

const CONFIG = `static_resources:
  listeners:
    - address: { socket_address: { address: 0.0.0.0, port_value: 4999 } }
`;

const CLAIMS = [
  { title: 'the address dialled wins', changes: [CHANGES.hiddenFailureReason] },
  { title: 'a port that is <odd> is left alone', changes: [] },
];

const RECORD = sampleEnvoy([sampleChapter(CLAIMS.map(({ title }) => sampleClaim({ title })))]);

const CHAPTER: ChapterSource = {
  scenario: scenario({
    ...{
      slug: 'original-dst',
      task: 'intercept',
      title: 'REDIRECT keeps it',
      requirement: 'It holds.',
      purpose: 'To learn.',
    },
    origin: { chapter: 'original-dst', changed: 'Two upstreams.' },
    topology: sameHost({ upstreams: { blue: { port: 80 } } }),
    envoy: { config: 'original-dst.yaml', uid: 101 },
    netfilter:
      '*nat\n-A OUTPUT -p tcp --dport 80 -m comment --comment "capture HTTP" -j REDIRECT --to-ports 4999\nCOMMIT',
  }),
  faults: {
    'no rule captures': { fault: withoutRule('capture HTTP'), why: 'it goes straight' },
    'another port': { fault: config({}), why: 'nobody is there' },
  },
  kills: {
    kills: {
      'no rule captures': ['the address dialled wins'],
      'another port': CLAIMS.map(({ title }) => title),
    },
  },
  claims: CLAIMS,
  config: CONFIG,
  evidence: {
    ...distilChapter(RECORD.chapters[0] ?? sampleChapter([]), '1.40.0'),
    trace: {
      ...{ command: 'curl x', lanes: ['downstream', 'Envoy'], conntrack: ['host: a → b, nothing rewritten'] },
      steps: [{ from: 'downstream', to: 'Envoy', text: 'SYN a → b' }],
      ended: 'exit status 0',
    },
  },
};

const SOURCES: BookSources = { chapters: [CHAPTER], envoys: distilEnvoys([RECORD]) };

test('a chapter without an origin is in the book, and its page does not ask where it comes from', () => {
  const { origin: _, ...scenario } = CHAPTER.scenario;
  const book = renderBook({ ...SOURCES, chapters: [CHAPTER, { ...CHAPTER, scenario: { ...scenario, slug: 'mine' } }] });
  expect(book.get('index.md')).toMatch(/^- .*\(original-dst\.md\).*\n- .*\(mine\.md\)/m);
  expect(book.get('mine.md')).not.toContain('Where it comes from');
  expect(book.get('original-dst.md')).not.toContain('mine.md');
});

function pageOf(chapter: Partial<ChapterSource> = {}): string {
  return renderBook({ ...SOURCES, chapters: [{ ...CHAPTER, ...chapter }] }).get('original-dst.md') ?? '';
}

test('there is a page for each chapter, an index and one across versions', () => {
  expect([...renderBook(SOURCES).keys()]).toEqual(['index.md', 'original-dst.md', 'versions.md']);
  const index = renderBook(SOURCES).get('index.md');
  expect(index).toContain('- [REDIRECT keeps it](original-dst.md): It holds.');
});

test('a chapter has its rules, config, claims, trace, versions, faults, commands and origin', () => {
  const page = pageOf();
  expect(page).toContain('# capture HTTP\n-A OUTPUT -p tcp --dport 80 -j REDIRECT --to-ports 4999');
  expect(page).toContain(`\`\`\`yaml\n${CONFIG}\`\`\``);
  expect(page).toContain('### the address dialled wins');
  expect(page).toContain('  lane1->>lane2: SYN a → b');
  expect(page).toContain('- since 1.38.1: ');
  expect(page).toContain('<strong>no rule captures</strong>: it goes straight (1 claim)');
  expect(page).toContain('<strong>another port</strong>: nobody is there (2 claims)');
  expect(page).toContain('npm run bigbook -- up original-dst --detach');
  expect(page).toContain('The chapter `original-dst` of the original. Two upstreams.');
});

test('every anchor that a page links to is there', () => {
  const pages = renderBook(SOURCES);
  for (const [name, text] of pages) {
    for (const [, page = '', id = ''] of text.matchAll(/\]\(([\w-]+\.md)?#([^)]+)\)/g)) {
      expect(pages.get(page || name)).toContain(`<a id="${id}"></a>`);
    }
  }
  expect(pageOf()).toContain('(#claim-the-address-dialled-wins)');
});

test('no page has what VitePress would take for a template, or HTML that it was not given', () => {
  for (const text of renderBook(SOURCES).values()) {
    const outside = text.replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, '');
    expect(outside).not.toContain('{{');
    expect(outside).not.toContain('<odd>');
  }
});

test('a changed expectation changes the pages: a claim, a comment, a line of the config, a fault', () => {
  const committed = renderBook(SOURCES);
  const differences = (chapter: Partial<ChapterSource>): string[] =>
    pageDifferences(renderBook({ ...SOURCES, chapters: [{ ...CHAPTER, ...chapter }] }), committed).map(
      (line) => line.split(':')[0] ?? '',
    );
  const { scenario: sound } = CHAPTER;
  expect(differences({})).toEqual([]);
  expect(differences({ claims: CLAIMS.map((claim) => ({ ...claim, title: `${claim.title} now` })) })).toEqual([
    'docs/original-dst.md',
    'docs/versions.md',
  ]);
  const rules = sound.netfilter.replace('capture HTTP', 'capture it');
  expect(differences({ scenario: { ...sound, netfilter: rules } })).toEqual(['docs/original-dst.md']);
  expect(differences({ config: CONFIG.replace('4999', '4998') })).toEqual(['docs/original-dst.md']);
  expect(differences({ faults: {} })).toEqual(['docs/original-dst.md']);
  expect(differences({ kills: { kills: {} } })).toEqual(['docs/original-dst.md']);
  expect(differences({ scenario: { ...sound, requirement: 'It held.' } })).toEqual([
    'docs/index.md',
    'docs/original-dst.md',
  ]);
});

test('across versions: what held, and each known change with who says so', () => {
  const page = renderBook(SOURCES).get('versions.md');
  expect(page).toContain('| 1.40.0 | `0123456789ab` | release binary | all 2 |\n\nAll on `Linux 6.18 x86_64');
  expect(page).toContain('| [REDIRECT keeps it](original-dst.md) | 2 | every one | 1 |');
  expect(page).toContain('- [the address dialled wins](original-dst.md#claim-the-address-dialled-wins)');
});

test('a claim that did not hold is named with its version', () => {
  const [chapter] = RECORD.chapters;
  const [first, ...rest] = chapter?.claims ?? [];
  const failed = first ? [{ ...first, outcome: 'failed' as const }, ...rest] : [];
  const envoys = distilEnvoys([sampleEnvoy([sampleChapter(failed)])]);
  const page = renderBook({ ...SOURCES, envoys }).get('versions.md');
  expect(page).toContain('| 1.40.0 | [original-dst](original-dst.md) | the address dialled wins | failed |');
  expect(page).toContain('| 2 | none | 1 |');
});

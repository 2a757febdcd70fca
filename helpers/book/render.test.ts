import { expect, test } from 'vitest';
import { CHANGES } from '../envoy/known-changes.ts';
import { emptyObservation } from '../exchange/observation.ts';
import { sampleChapter, sampleClaim } from '../record/sample.ts';
import { changedRule, config, withoutRule } from '../scenario/faults.ts';
import { sameHost, scenario } from '../scenario/scenario.ts';
import { pageDifferences } from './check.ts';
import { renderBook } from './render.ts';
import type { BookSources, ChapterSource } from './sources.ts';

const CONFIG = `static_resources:
  listeners:
    - name: ingress
      address: { socket_address: { address: 0.0.0.0, port_value: 4999 } }
  clusters: []
`;

const CLAIMS = [
  { title: 'the address dialled wins', changes: [CHANGES.hideTransportFailureReason] },
  { title: 'a port that is <odd> is left alone', changes: [] },
];

const SEEN = { ...emptyObservation('GET http://<blue>'), stats: { 'cluster.blue.upstream_rq_200': 1 }, read: [] };

const CHAPTER: ChapterSource = {
  scenario: scenario({
    ...{ slug: 'original-dst', task: 'intercept', tags: ['redirect'], title: 'REDIRECT keeps it' },
    ...{ requirement: 'It holds.', purpose: 'To learn.' },
    origin: { chapter: 'original-dst', changed: 'Two upstreams.' },
    topology: sameHost({ upstreams: { blue: { port: 80 } } }),
    envoy: { config: 'original-dst.yaml', uid: 101 },
    netfilter:
      '*nat\n-A OUTPUT -p tcp --dport 80 -m comment --comment "capture HTTP" -j REDIRECT --to-ports 4999\nCOMMIT',
  }),
  faults: {
    'no rule captures': { fault: withoutRule('capture HTTP'), why: 'it goes straight' },
    'another port': { fault: changedRule('capture HTTP', '4999', '4998'), why: 'no process listens' },
    'no clusters': { fault: config({ delete: ['static_resources.clusters'] }), why: 'no cluster' },
  },
  kills: {
    kills: {
      'no rule captures': ['the address dialled wins'],
      'another port': CLAIMS.map(({ title }) => title),
    },
  },
  claims: CLAIMS,
  config: CONFIG,
  record: sampleChapter(CLAIMS.map(({ title }) => sampleClaim({ title, observations: [SEEN] }))),
  trace: {
    ...{ command: 'curl x', lanes: ['downstream', 'Envoy'], conntrack: ['host: a → b, nothing rewritten'] },
    steps: [{ from: 'downstream', to: 'Envoy', text: 'SYN a → b' }],
    ended: 'exit status 0',
  },
};

const SOURCES: BookSources = { chapters: [CHAPTER], version: '1.40.0' };

function pageOf(chapter: Partial<ChapterSource> = {}): string {
  return renderBook({ ...SOURCES, chapters: [{ ...CHAPTER, ...chapter }] }).get('original-dst.md') ?? '';
}

test('a chapter without an origin has a page without that section', () => {
  const { origin: _, ...scenario } = CHAPTER.scenario;
  const book = renderBook({ ...SOURCES, chapters: [CHAPTER, { ...CHAPTER, scenario: { ...scenario, slug: 'mine' } }] });
  expect(book.get('index.md')).toMatch(/^- .*\(original-dst\.md\).*\n- .*\(mine\.md\)/m);
  expect(book.get('mine.md')).not.toContain('## Origin');
  expect(book.get('original-dst.md')).not.toContain('mine.md');
});

test('there is a page for each chapter, an index and one of the versions', () => {
  expect([...renderBook(SOURCES).keys()]).toEqual(['index.md', 'original-dst.md', 'versions.md']);
});

test('the index has slug, requirement and tags of each chapter, by task, and leads to the versions', () => {
  const index = renderBook(SOURCES).get('index.md');
  expect(index).toContain('### Intercept traffic\n\n- [original-dst](original-dst.md): It holds. `redirect`\n');
  expect(index).not.toContain('### Identify');
  expect(index).toMatch(/Planning an upgrade\?.*\(versions\.md\).*compare/);
});

test('a chapter has its rules, config lines, claims, trace, changes, faults, commands and origin', () => {
  const page = pageOf();
  expect(page).toContain('# capture HTTP\n-A OUTPUT -p tcp --dport 80 -j REDIRECT --to-ports 4999');
  expect(page).toContain('[`envoy-configs/original-dst.yaml`](../envoy-configs/original-dst.yaml)');
  expect(page).toContain('```yaml\nstatic_resources:\n  # …\n  clusters: []\n```');
  expect(page).toContain('<summary>The first exchange: GET http://&lt;blue&gt;</summary>');
  expect(page).toContain('</a>the address dialled wins\n- Depends on the Envoy version: [since 1.38.1: ');
  expect(page).toContain('  lane1->>lane2: SYN a → b');
  expect(page).toContain(
    '| no rule captures | it goes straight | 1: [the address dialled wins](#claim-the-address-dialled-wins) |',
  );
  expect(page).toContain('| another port | no process listens | all 2 |');
  expect(page).toMatch(/## Try it\n\n```sh\nnpm run bigbook -- up original-dst --detach # start the lab\n/);
  expect(page).toContain('The chapter `original-dst` of the Envoy Proxy Big Book of Examples. Two upstreams.');
});

test('without a record a page has its claims, without exchanges', () => {
  const { record: _, ...chapter } = CHAPTER;
  const page = renderBook({ ...SOURCES, chapters: [chapter] }).get('original-dst.md');
  expect(page).toContain('</a>the address dialled wins\n- Depends on the Envoy version: [since');
  expect(page).not.toContain('<details>');
});

test('every linked anchor exists', () => {
  const pages = renderBook(SOURCES);
  for (const [name, text] of pages) {
    for (const [, page = '', id = ''] of text.matchAll(/\]\(([\w-]+\.md)?#([^)]+)\)/g)) {
      expect(pages.get(page || name)).toContain(`<a id="${id}"></a>`);
    }
  }
  expect(pageOf()).toContain('(#claim-the-address-dialled-wins)');
});

test('no page has a template of Vue, or HTML of a claim', () => {
  for (const text of renderBook(SOURCES).values()) {
    const outside = text.replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, '');
    expect(outside).not.toContain('{{');
    expect(outside).not.toContain('<odd>');
  }
});

test('a changed expectation changes the pages: a claim, a comment, a line of the config, a fault, a trace', () => {
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
  const rules = sound.netfilter.replace('-p tcp', '-p udp');
  expect(differences({ scenario: { ...sound, netfilter: rules } })).toEqual(['docs/original-dst.md']);
  expect(differences({ config: CONFIG.replace('4999', '4998') })).toEqual(['docs/original-dst.md']);
  expect(differences({ faults: {} })).toEqual(['docs/original-dst.md']);
  expect(differences({ kills: { kills: {} } })).toEqual(['docs/original-dst.md']);
  expect(differences({ scenario: { ...sound, requirement: 'It held.' } })).toEqual([
    'docs/index.md',
    'docs/original-dst.md',
  ]);
});

test('the page of the versions has each known change, newest first, with its claims', () => {
  const page = renderBook(SOURCES).get('versions.md') ?? '';
  expect(page).toMatch(
    /### <a id="change-hide-transport-failure-reason"><\/a>[\s\S]*?- \[the address dialled wins\]\(original-dst\.md#claim-the-address-dialled-wins\) \(original-dst\)/,
  );
  expect([...page.matchAll(/^## Since (.*)$/gm)].map(([, version]) => version)).toEqual(
    [...new Set(Object.values(CHANGES).map(({ since }) => [since].flat().at(-1)))].reverse(),
  );
});

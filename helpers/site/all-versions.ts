import { type BookChange, changesData } from '../book/changes-data.ts';
import { claimAnchor, claimLink } from '../book/claim-link.ts';
import { code, details, linked, list, present, prose, table } from '../book/markdown.ts';
import { kindName } from '../book/reads.ts';
import { type ShownChange, type VersionData, type VersionsData, versionsData } from '../book/versions-data.ts';
import { PROGRAM_OF_CHECKOUT } from '../constants/program.ts';
import { describeSince } from '../envoy/known-changes.ts';
import type { RunRecord } from '../record/record.ts';
import { counted } from '../report/wording.ts';

/** How to make the record of the section. */
const RECIPE = [
  `${PROGRAM_OF_CHECKOUT} run --envoy all --in-order --record all.json`,
  'npm run site -- --record all.json',
].join('\n');

/**
 * The section of the versions page, in Markdown, that only the site has: the claims on all versions of a record.
 *
 * @param pages the pages of docs/ by name, in Markdown
 */
export function allVersionsSection(record: RunRecord | undefined, pages: Map<string, string>): string {
  const head = '## Every version';
  if (!record) {
    const intro = 'This site was built without a record of all versions. These commands make one and build it in:';
    return [head, intro, `\`\`\`sh\n${RECIPE}\n\`\`\``].join('\n\n');
  }
  const data = versionsData(record.envoys);
  const link = linker(pages);
  return present([
    head,
    `From one run, started ${record.started.slice(0, 10)}. ${environments(data.envoys)}`,
    '### Claims by version',
    versionRows(data.envoys),
    details('The builds', builds(data.envoys)),
    '### Claims by chapter',
    chapterRows(data.envoys, link),
    ...troubleRows(data.envoys, link),
    '### Where each known change shows',
    ...changesText(data.shown, link),
    '### Warnings at the start of Envoy',
    warnings(data.envoys, link),
  ]).join('\n\n');
}

interface Linker {
  chapter: (slug: string) => string;
  claim: (title: string, slug: string) => string;
}

/** Links to what the book has; a record may be older than the book. */
function linker(pages: Map<string, string>): Linker {
  const hasClaim = (slug: string, title: string): boolean =>
    pages.get(`${slug}.md`)?.includes(`<a id="${claimAnchor(title)}"></a>`) ?? false;
  return {
    chapter: (slug) => (pages.has(`${slug}.md`) ? `[${slug}](${slug}.md)` : code(slug)),
    claim: (title, slug) => (hasClaim(slug, title) ? claimLink(title, `${slug}.md`) : prose(title)),
  };
}

function environments(envoys: VersionData[]): string {
  const distinct = [...new Set(envoys.map(({ environment }) => environment))];
  return `Environment: ${distinct.map(code).join('; ')}.`;
}

/** Items with a common text are one row: `1.39.0, 1.39.1 | all 395 passed`. */
function merged(rows: { name: string; text: string }[]): string[][] {
  const texts = [...new Set(rows.map(({ text }) => text))];
  return texts.map((text) => [
    rows
      .filter((row) => row.text === text)
      .map(({ name }) => name)
      .join(', '),
    text,
  ]);
}

function versionRows(envoys: VersionData[]): string {
  const rows = envoys.map(({ version, passed: byChapter, others }) => {
    const passed = Object.values(byChapter).reduce((sum, count) => sum + count, 0);
    return { name: version, text: countText(passed, outcomesOf(others)) };
  });
  return table(['Envoy', 'claims'], merged(rows));
}

function builds(envoys: VersionData[]): string {
  return table(
    ['Envoy', 'commit', 'source'],
    envoys.map(({ version, commit, source }) => [version, code(commit.slice(0, 12)), prose(source)]),
  );
}

/** The chapters whose claims all passed are one row. */
function chapterRows(envoys: VersionData[], { chapter }: Linker): string {
  const slugs = [...new Set(envoys.flatMap(({ passed }) => Object.keys(passed)))].sort();
  const rows = slugs.map((slug) => {
    const troubled = envoys.filter(({ others }) => others.some((other) => other.slug === slug));
    const missing = envoys.filter(({ passed }) => !(slug in passed));
    const texts = [
      ...troubled.map(({ version, passed, others }) => {
        const own = others.filter((other) => other.slug === slug);
        return `${version}: ${countText(passed[slug] ?? 0, outcomesOf(own))}`;
      }),
      ...missing.map(({ version }) => `${version}: did not run`),
    ];
    return { name: chapter(slug), text: texts.join('; ') || 'all passed on every version' };
  });
  return table(['chapter', 'claims'], merged(rows));
}

type Others = VersionData['others'];

function outcomesOf(others: Others): string[] {
  const outcomes = [...new Set(others.map(({ outcome }) => outcome))];
  return outcomes.map((outcome) => `${others.filter((other) => other.outcome === outcome).length} ${outcome}`);
}

/** `all 12 passed`, `11 passed, 1 failed`. */
function countText(passed: number, others: string[]): string {
  return others.length === 0 ? `all ${passed} passed` : [`${passed} passed`, ...others].join(', ');
}

function troubleRows(envoys: VersionData[], { claim }: Linker): string[] {
  const rows = envoys.flatMap(({ version, others }) =>
    others.map(({ slug, title, outcome }) => ({ name: version, text: `${claim(title, slug)} | ${outcome}` })),
  );
  if (rows.length === 0) return [];
  const cells = merged(rows).map(([versions = '', text = '']) => [text, versions]);
  return ['### Claims that did not pass', table(['claim', 'outcome', 'Envoy'], cells)];
}

/** The changes that the record shows, newest first, and a line with the others. */
function changesText(shown: VersionsData['shown'], link: Linker): string[] {
  const changes = changesData([]);
  const others = changes.filter(({ what }) => !(what in shown));
  return [
    ...changes.flatMap((change) => changeParts(change, shown[change.what], link)),
    ...(others.length > 0 ? [`Not exercised by this record:\n\n${list(others.map(titleOf))}`] : []),
  ];
}

function titleOf(change: BookChange): string {
  return `${prose(change.what)} (${describeSince(change)})`;
}

function changeParts(change: BookChange, shown: ShownChange | undefined, { chapter, claim }: Linker): string[] {
  if (!shown) return [];
  const { slug, claim: seen, path, before, after } = shown.example;
  const where = Object.entries(shown.claims).map(([each, titles]) => `${chapter(each)} (${titles.length})`);
  const value = ({ version, value: text }: typeof before): string =>
    `${text === undefined ? 'absent' : code(text.replaceAll(/\s+/g, ' '))} on ${version}`;
  const claims = counted(Object.values(shown.claims).flat().length, 'claim');
  const affected = shown.kinds.map((kind) => (kind === 'received' ? 'upstream request' : kindName(kind)));
  return [
    `**${titleOf(change)}**`,
    `Affects ${affected.join(', ')}. Seen in ${claims}: ${where.join(', ')}. Example: ${code(path)}: ${value(before)}, ${value(after)}, in ${claim(seen, slug)}.`,
  ];
}

/** More chapters than this are counted, not listed. */
const LISTED = 4;

/** Each warning once, with its versions and chapters. */
function warnings(envoys: VersionsData['envoys'], { chapter }: Linker): string {
  const texts = [...new Set(envoys.flatMap((envoy) => Object.keys(envoy.warnings)))];
  const items = texts.map((text) => {
    const by = envoys.filter((envoy) => text in envoy.warnings);
    const slugs = [...new Set(by.flatMap((envoy) => envoy.warnings[text] ?? []))].sort();
    const versions = by.length === envoys.length ? 'every version' : by.map(({ version }) => version).join(', ');
    const configs = slugs.length > LISTED ? `${slugs.length} chapters` : slugs.map(chapter).join(', ');
    return `${linked(text)} Logged on ${versions}, with the configs of ${configs}.`;
  });
  return list(items) || 'None.';
}

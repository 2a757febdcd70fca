import { CHANGES, type Change } from '../envoy/known-changes.ts';
import { counted } from '../report/wording.ts';
import { claimLink } from './chapter-page.ts';
import { inBookOrder } from './contents.ts';
import { code, linked, list, page, prose, table } from './markdown.ts';
import type { BookSources, ChapterSource } from './sources.ts';
import type { EnvoyEvidence, ShownChange } from './versions-data.ts';

/** Which Envoy does what: the claims on each version, and every difference with its reason. */
export function versionsPage({ chapters, envoys: { envoys, shown } }: BookSources): string {
  const sorted = inBookOrder(chapters);
  return page(
    { title: 'Which Envoy does what', description: 'The claims on each version of Envoy, and what differs' },
    [
      envoys.length === 0
        ? 'No run has been gathered yet.'
        : 'Each of these was run, with its own binary. A claim that differs between versions says one definite thing for each.',
      '## The Envoys',
      table(
        ['Envoy', 'commit', 'where it came from', 'claims that held'],
        envoys.map((envoy) => [
          prose(envoy.version),
          code(envoy.commit.slice(0, 12)),
          prose(envoy.source),
          heldText(envoy, sorted),
        ]),
      ),
      groundText(envoys),
      '## Chapters across versions',
      acrossText(sorted, envoys),
      ...othersSection(envoys),
      '## What differs, and since when',
      ...Object.values(CHANGES).flatMap((change) => {
        const declared = sorted.flatMap(({ scenario: { slug }, claims }) =>
          claims
            .filter(({ changes }) => changes.some(({ what }) => what === change.what))
            .map(({ title }) => `${claimLink(title, `${slug}.md`)} (${slug})`),
        );
        const there = shown[change.what];
        return [
          `### ${prose(change.what)}`,
          `Since ${sinceText(change)}. Source: ${linked(change.source)}.`,
          declared.length > 0
            ? `Claimed by:\n\n${list(declared)}`
            : 'No claim depends on it: it shows in what is observed alone.',
          ...(there ? seenTexts(there) : []),
        ];
      }),
      '## What each warns of',
      warningsText(envoys, sorted),
    ],
  );
}

function sinceText({ since }: Change): string {
  return typeof since === 'string' ? since : since.join(' and ');
}

function seenTexts({ claims, example: { slug, claim, path, before, after } }: ShownChange): string[] {
  const where = Object.entries(claims).map(([chapter, titles]) => {
    return `[${chapter}](${chapter}.md), ${counted(titles.length, 'claim')}`;
  });
  const stood = ({ value }: typeof before): string =>
    value === undefined ? 'nothing' : code(value.replaceAll(/\s+/g, ' '));
  return [
    `Seen in what was observed: ${where.join('; ')}.`,
    `For example ${code(path)} in ${claimLink(claim, `${slug}.md`)}: on ${before.version} ${stood(before)}, on ${after.version} ${stood(after)}.`,
  ];
}

/** Each ground once, with the versions that were run on it. */
function groundText(envoys: EnvoyEvidence[]): string {
  const grounds = [...new Set(envoys.map(({ ground }) => ground))];
  const [only, ...more] = grounds;
  if (only === undefined) return '';
  if (more.length === 0) return `All on ${code(only)}.`;
  return list(
    grounds.map((ground) => {
      const versions = envoys.filter((envoy) => envoy.ground === ground).map(({ version }) => version);
      return `${versions.join(', ')} on ${code(ground)}`;
    }),
  );
}

function heldText({ held, others }: EnvoyEvidence, chapters: ChapterSource[]): string {
  const sum = Object.values(held).reduce((all, some) => all + some, 0);
  const known = chapters.reduce((all, { claims }) => all + claims.length, 0);
  if (others.length > 0) return `${sum} of ${sum + others.length}`;
  return sum === known ? `all ${sum}` : `all ${sum} that it had then`;
}

/** Versions by what held there: where that is the same for all, one column says so. */
function acrossText(chapters: ChapterSource[], envoys: EnvoyEvidence[]): string {
  if (envoys.length === 0) return 'Nothing has been run.';
  return table(
    ['chapter', 'claims', 'held on', 'that differ by version'],
    chapters.map(({ scenario: { slug, title }, claims }) => {
      const whole = envoys.filter(({ held, others }) => slug in held && !others.some((other) => other.slug === slug));
      const on =
        whole.length === envoys.length ? 'every one' : whole.map(({ version }) => version).join(', ') || 'none';
      const differing = claims.filter(({ changes }) => changes.length > 0).length;
      return [`[${prose(title)}](${slug}.md)`, String(claims.length), on, String(differing)];
    }),
  );
}

function othersSection(envoys: EnvoyEvidence[]): string[] {
  const rows = envoys.flatMap(({ version, others }) =>
    others.map(({ slug, title, outcome }) => [version, `[${slug}](${slug}.md)`, prose(title), outcome]),
  );
  return rows.length === 0
    ? []
    : ['### Claims that did not hold', table(['Envoy', 'chapter', 'claim', 'outcome'], rows)];
}

/** Each warning once, with the versions that give it and the chapters that they give it in. */
function warningsText(envoys: EnvoyEvidence[], chapters: ChapterSource[]): string {
  const given = envoys.flatMap(({ version, warnings }) =>
    Object.entries(warnings).map(([text, slugs]) => ({
      said: `${linked(text)} In ${whichChapters(slugs, chapters)}`,
      version,
    })),
  );
  const items = [...new Set(given.map(({ said }) => said))].map((said) => {
    const versions = given.filter((each) => each.said === said).map(({ version }) => version);
    return `${said}, by ${versions.length === envoys.length ? 'every one' : versions.join(', ')}.`;
  });
  return items.length === 0 ? 'Nothing.' : list(items);
}

function whichChapters(slugs: string[], chapters: ChapterSource[]): string {
  const withEnvoy = chapters.filter(({ scenario: { envoy } }) => envoy);
  return slugs.length === withEnvoy.length ? 'every chapter' : slugs.map((slug) => `[${slug}](${slug}.md)`).join(', ');
}

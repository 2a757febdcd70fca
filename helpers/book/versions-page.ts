import { CHANGES, type Change } from '../envoy/known-changes.ts';
import { counted } from '../report/wording.ts';
import { claimLink } from './claim-link.ts';
import { inBookOrder } from './contents.ts';
import { code, linked, list, page, prose, table } from './markdown.ts';
import type { BookSources, ChapterSource } from './sources.ts';
import type { EnvoyEvidence, ShownChange } from './versions-data.ts';

/** The page of the versions: the claims on each of them, and every known change with its source. */
export function versionsPage({ chapters, envoys: { envoys, shown } }: BookSources): string {
  const sorted = inBookOrder(chapters);
  const versions = envoys.map((envoy) => [
    ...[prose(envoy.version), code(envoy.commit.slice(0, 12)), prose(envoy.source)],
    heldText(envoy, sorted),
  ]);
  return page(
    { title: 'Which Envoy does what', description: 'The claims on each version of Envoy, and what differs' },
    [
      envoys.length === 0
        ? 'No run has been gathered yet.'
        : 'Each of these was run, with its own binary. A claim that differs between versions says one definite thing for each.',
      '## The Envoys',
      table(['Envoy', 'commit', 'where it came from', 'claims that held'], versions),
      groundText(envoys),
      '## Chapters across versions',
      acrossText(sorted, envoys),
      ...othersSection(envoys),
      '## What differs, and since when',
      ...Object.values(CHANGES).flatMap((change) => changeSection(change, sorted, shown[change.what])),
      '## What each warns of',
      warningsText(envoys, sorted),
    ],
  );
}

function changeSection({ what, since, source }: Change, chapters: ChapterSource[], shown?: ShownChange): string[] {
  const declared = chapters.flatMap(({ scenario: { slug }, claims }) =>
    claims
      .filter(({ changes }) => changes.some((change) => change.what === what))
      .map(({ title }) => `${claimLink(title, `${slug}.md`)} (${slug})`),
  );
  return [
    `### ${prose(what)}`,
    `Since ${[since].flat().join(' and ')}. Source: ${linked(source)}.`,
    declared.length > 0
      ? `Claimed by:\n\n${list(declared)}`
      : 'No claim depends on it: it shows in what is observed alone.',
    ...(shown ? shownTexts(shown) : []),
  ];
}

function shownTexts({ claims, example: { slug, claim, path, before, after } }: ShownChange): string[] {
  const where = Object.entries(claims).map(
    ([chapter, titles]) => `[${chapter}](${chapter}.md), ${counted(titles.length, 'claim')}`,
  );
  const seen = ({ version, value }: typeof before): string =>
    `on ${version} ${value === undefined ? 'nothing' : code(value.replaceAll(/\s+/g, ' '))}`;
  return [
    `Seen in what was observed: ${where.join('; ')}.`,
    `For example ${code(path)} in ${claimLink(claim, `${slug}.md`)}: ${seen(before)}, ${seen(after)}.`,
  ];
}

/** Each environment once, with the versions that ran on it. */
function groundText(envoys: EnvoyEvidence[]): string {
  const grounds = [...new Set(envoys.map(({ ground }) => ground))];
  if (grounds.length === 1) return `All on ${grounds.map(code).join()}.`;
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

/** The versions on which all claims of a chapter held. */
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
  if (rows.length === 0) return [];
  return ['### Claims that did not hold', table(['Envoy', 'chapter', 'claim', 'outcome'], rows)];
}

/** Each warning once, with the versions that log it and their chapters. */
function warningsText(envoys: EnvoyEvidence[], chapters: ChapterSource[]): string {
  const versionsOf = new Map<string, string[]>();
  for (const { version, warnings } of envoys) {
    for (const [text, slugs] of Object.entries(warnings)) {
      const warning = `${linked(text)} In ${whichChapters(slugs, chapters)}`;
      versionsOf.set(warning, [...(versionsOf.get(warning) ?? []), version]);
    }
  }
  const items = [...versionsOf].map(
    ([warning, by]) => `${warning}, by ${by.length === envoys.length ? 'every one' : by.join(', ')}.`,
  );
  return list(items) || 'Nothing.';
}

function whichChapters(slugs: string[], chapters: ChapterSource[]): string {
  const withEnvoy = chapters.filter(({ scenario: { envoy } }) => envoy);
  return slugs.length === withEnvoy.length ? 'every chapter' : slugs.map((slug) => `[${slug}](${slug}.md)`).join(', ');
}

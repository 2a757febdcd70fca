import { compareRecords } from '../compare/compare.ts';
import { CHANGES } from '../envoy/known-changes.ts';
import { compareVersions, VERSIONS } from '../envoy/versions.ts';
import type { EnvoyIdentity, EnvoyRecord, Outcome } from '../record/record.ts';
import { EVIDENCE_SCHEMA } from './page-data.ts';

/** What each Envoy was seen to do: the content of `docs/evidence/envoys.json`. */
export interface EnvoysEvidence {
  schema: typeof EVIDENCE_SCHEMA;
  /** Oldest first. */
  envoys: EnvoyEvidence[];
  /** By what is known to have changed. */
  shown: Record<string, ShownChange>;
}

/** How a known change showed, one of these Envoys beside the next. */
export interface ShownChange {
  /** The claims in whose observations it showed, by chapter. */
  claims: Record<string, string[]>;
  /** One of the places where it showed, with what stood there. */
  example: { slug: string; claim: string; path: string; before: Seen; after: Seen };
}

interface Seen {
  version: string;
  /** Absent where nothing stood there. */
  value?: string;
}

export interface EnvoyEvidence extends Pick<EnvoyIdentity, 'version' | 'commit' | 'source'> {
  /** What it ran on: `Linux 6.18 x86_64, iptables v1.8.11 (nf_tables)`. */
  ground: string;
  /** How many claims held, by chapter. */
  held: Record<string, number>;
  /** The claims that did not hold. */
  others: { slug: string; title: string; outcome: Outcome }[];
  /** What it warned of with the config of a chapter: the chapters, by warning. */
  warnings: Record<string, string[]>;
}

export const NO_ENVOYS: EnvoysEvidence = { schema: EVIDENCE_SCHEMA, envoys: [], shown: {} };

/** @param records those of Envoys of the book's known versions, each version once */
export function distilEnvoys(records: EnvoyRecord[]): EnvoysEvidence {
  const sorted = records.toSorted((a, b) => compareVersions(versionOf(a), versionOf(b)));
  return { schema: EVIDENCE_SCHEMA, envoys: sorted.flatMap(distilEnvoy), shown: shownAmong(sorted) };
}

/**
 * Evidence with what some records say of some chapters in place of what it said of them: Envoys and chapters that are not in them stay as
 * they were. What showed between versions can be told by several whole ones alone.
 *
 * @param only the chapters that are meant; all of the book's where absent
 */
export function withRecords(before: EnvoysEvidence, records: EnvoyRecord[], only?: string[]): EnvoysEvidence {
  const now = distilEnvoys(
    records.map(({ chapters, ...rest }) => ({
      ...rest,
      chapters: chapters.filter(({ slug }) => only?.includes(slug) ?? true),
    })),
  );
  const renewed = now.envoys.map((envoy) => {
    const known = before.envoys.find(({ version }) => version === envoy.version);
    return known && only ? withChapters(known, envoy, only) : envoy;
  });
  const kept = before.envoys.filter(({ version }) => !renewed.some((envoy) => envoy.version === version));
  return {
    ...now,
    envoys: [...kept, ...renewed].sort((a, b) => compareVersions(a.version, b.version)),
    shown: only || records.length < 2 ? before.shown : now.shown,
  };
}

function withChapters(known: EnvoyEvidence, now: EnvoyEvidence, slugs: string[]): EnvoyEvidence {
  const others = (all: string[] = []): string[] => all.filter((slug) => !slugs.includes(slug));
  const texts = [...new Set([...Object.keys(known.warnings), ...Object.keys(now.warnings)])].sort();
  const warnings = texts.map((text): [string, string[]] => [
    text,
    [...others(known.warnings[text]), ...(now.warnings[text] ?? [])].sort(),
  ]);
  const held = { ...known.held, ...now.held };
  return {
    ...now,
    held: Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1))),
    others: [...known.others.filter(({ slug }) => !slugs.includes(slug)), ...now.others].sort((a, b) =>
      a.slug < b.slug ? -1 : 1,
    ),
    warnings: Object.fromEntries(warnings.filter(([, given]) => given.length > 0)),
  };
}

/** Which of the book's versions a record is of: a rebuild calls itself what was built again. */
export function versionOf({ name, identity }: Pick<EnvoyRecord, 'name' | 'identity'>): string {
  return VERSIONS.includes(name) ? name : (identity?.version ?? name);
}

/** None of a record whose Envoy was never met. */
export function distilEnvoy(record: EnvoyRecord): EnvoyEvidence[] {
  const { identity, chapters } = record;
  if (!identity) return [];
  const { commit, source } = identity;
  const version = versionOf(record);
  const sorted = chapters.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
  const warnings: Record<string, string[]> = {};
  for (const { slug, warnings: told = [] } of sorted) {
    for (const warning of told) warnings[warning] = [...(warnings[warning] ?? []), slug];
  }
  return [
    {
      ...{ version, commit, source, ground: groundOf(record) },
      held: Object.fromEntries(
        sorted.map(({ slug, claims }) => [slug, claims.filter(({ outcome }) => outcome === 'held').length]),
      ),
      others: sorted.flatMap(({ slug, claims }) =>
        claims.flatMap(({ title, outcome }) => (outcome === 'held' ? [] : [{ slug, title, outcome }])),
      ),
      warnings: Object.fromEntries(Object.entries(warnings).sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  ];
}

/** The kernel without its build, for what it does goes by its release. */
export function groundOf({ machine }: Pick<EnvoyRecord, 'machine'>): string {
  if (!machine) return '';
  const [release] = /^\d+\.\d+/.exec(machine.kernel) ?? [machine.kernel];
  return `Linux ${release} ${machine.architecture}, ${machine.iptables}`;
}

function shownAmong(sorted: EnvoyRecord[]): EnvoysEvidence['shown'] {
  const changes = Object.values(CHANGES);
  const found = sorted.slice(1).flatMap((after, index) => {
    const before = sorted[index];
    if (!before) return [];
    const versions = { a: versionOf(before), b: versionOf(after) };
    return compareRecords(before, after, changes).differences.flatMap(({ change, slug, claim, path, a, b }) =>
      change && claim !== ''
        ? [{ what: change.what, slug, claim, path, before: seen(versions.a, a), after: seen(versions.b, b) }]
        : [],
    );
  });
  return Object.fromEntries(
    grouped(found, ({ what }) => what).map(([what, those]) => [
      what,
      { claims: claimsOf(those), example: tellingOf(those) },
    ]),
  );
}

type Showing = { what: string } & ShownChange['example'];

function seen(version: string, value: string | undefined): Seen {
  return {
    version,
    ...(value === undefined ? {} : { value: value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value }),
  };
}

const LONGEST = 200;

function claimsOf(those: Showing[]): ShownChange['claims'] {
  return Object.fromEntries(
    grouped(those, ({ slug }) => slug).map(([slug, here]) => [
      slug,
      grouped(here, ({ claim }) => claim).map(([claim]) => claim),
    ]),
  );
}

/** The one that says most in the fewest words; of several, by its place, so that it is the same each time. */
function tellingOf(those: Showing[]): ShownChange['example'] {
  const place = ({ slug, claim, path }: Showing): string => JSON.stringify([slug, claim, path]);
  const weight = ({ path, before, after }: Showing): number =>
    (/content-length|bytes_sent|grpc-status| in order$/.test(path) ? 10 * LONGEST : 0) +
    [before, after].reduce((sum, { value }) => sum + (value?.length ?? LONGEST), 0);
  const [first] = those.toSorted((a, b) => weight(a) - weight(b) || (place(a) < place(b) ? -1 : 1));
  if (!first) throw new Error('a change that showed did so somewhere');
  const { what: _, ...example } = first;
  return example;
}

/** Items by a key, sorted by it. */
function grouped<T>(items: T[], keyOf: (item: T) => string): [key: string, items: T[]][] {
  return [...new Set(items.map(keyOf))].sort().map((key) => [key, items.filter((item) => keyOf(item) === key)]);
}

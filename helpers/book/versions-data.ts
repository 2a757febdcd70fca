import { compareRecords } from '../compare/compare.ts';
import { CHANGES } from '../envoy/known-changes.ts';
import { compareVersions, VERSIONS } from '../envoy/versions.ts';
import { RECORDED_KINDS, type RecordedKind } from '../exchange/observers/registry.ts';
import type { EnvoyBuild, EnvoyRecord, Outcome } from '../record/record.ts';
import { given } from '../util/given.ts';

/** The behaviour of each version of Envoy in a record. */
export interface VersionsData {
  /** Oldest first. */
  envoys: VersionData[];
  /** By the text of the known change. */
  shown: Record<string, ShownChange>;
}

/** How a known change showed between one of these versions and the next. */
export interface ShownChange {
  /** The claims in whose observations it showed, by chapter. */
  claims: Record<string, string[]>;
  /** The kinds of observation in which it showed, in their order. */
  kinds: RecordedKind[];
  example: { slug: string; claim: string; path: string; before: Seen; after: Seen };
}

interface Seen {
  version: string;
  /** Absent where the path has no value. */
  value?: string;
}

export interface VersionData extends Pick<EnvoyBuild, 'version' | 'commit' | 'source'> {
  /** `Linux 6.18 x86_64, iptables v1.8.11 (nf_tables)`. */
  environment: string;
  /** How many claims passed, by chapter. */
  passed: Record<string, number>;
  /** The claims that did not hold. */
  others: { slug: string; title: string; outcome: Outcome }[];
  /** The chapters with whose config Envoy logged a warning, by warning. */
  warnings: Record<string, string[]>;
}

/** @param records those of the book's known versions, each version once */
export function versionsData(records: EnvoyRecord[]): VersionsData {
  const sorted = records.toSorted((a, b) => compareVersions(versionOf(a), versionOf(b)));
  const envoys = sorted.flatMap((record) => versionData(record) ?? []);
  return { envoys, shown: shownAmong(sorted) };
}

function warningsOf(warned: { text: string; slug: string }[]): VersionData['warnings'] {
  const groups = grouped(warned, ({ text }) => text);
  return Object.fromEntries(groups.map(([text, those]) => [text, those.map(({ slug }) => slug).sort()]));
}

/** The version of a record. A rebuild (`1.36.2.post1`) reports that of what was rebuilt. */
export function versionOf({ name, build }: Pick<EnvoyRecord, 'name' | 'build'>): string {
  return VERSIONS.includes(name) ? name : (build?.version ?? name);
}

/** @returns undefined where the record's Envoy never started */
export function versionData(record: EnvoyRecord): VersionData | undefined {
  const { build, chapters } = record;
  if (!build) return undefined;
  const { commit, source } = build;
  const sorted = bySlug(chapters, ({ slug }) => slug);
  const passed = sorted.map(({ slug, claims }) => [slug, claims.filter(({ outcome }) => outcome === 'passed').length]);
  return {
    ...{ version: versionOf(record), commit, source, environment: environmentOf(record) },
    passed: Object.fromEntries(passed),
    others: sorted.flatMap(({ slug, claims }) =>
      claims.flatMap(({ title, outcome }) => (outcome === 'passed' ? [] : [{ slug, title, outcome }])),
    ),
    warnings: warningsOf(sorted.flatMap(({ slug, warnings = [] }) => warnings.map((text) => ({ text, slug })))),
  };
}

/** The kernel's release without its build, since behaviour depends on the release. */
export function environmentOf({ machine }: Pick<EnvoyRecord, 'machine'>): string {
  if (!machine) return '';
  const [release] = /^\d+\.\d+/.exec(machine.kernel) ?? [machine.kernel];
  return `Linux ${release} ${machine.architecture}, ${machine.iptables}`;
}

type Showing = { what: string } & ShownChange['example'];

function shownAmong(sorted: EnvoyRecord[]): VersionsData['shown'] {
  const changes = Object.values(CHANGES);
  const found = sorted.slice(1).flatMap((after, index): Showing[] => {
    const before = sorted[index];
    if (!before) return [];
    return compareRecords(before, after, changes).differences.flatMap(({ change, slug, claim, path, a, b }) =>
      change && claim !== ''
        ? [{ what: change.what, slug, claim, path, before: seen(before, a), after: seen(after, b) }]
        : [],
    );
  });
  const shown = grouped(found, ({ what }) => what).map(([what, those]) => {
    const claims = grouped(those, ({ slug }) => slug).map(([slug, here]) => [
      slug,
      grouped(here, ({ claim }) => claim).map(([claim]) => claim),
    ]);
    const kinds = RECORDED_KINDS.filter((kind) => those.some(({ path }) => /^\w+/.exec(path)?.[0] === kind));
    return [what, { claims: Object.fromEntries(claims), kinds, example: exampleOf(those) }];
  });
  return Object.fromEntries(shown);
}

const LONGEST = 200;

function seen(record: EnvoyRecord, value: string | undefined): Seen {
  const short = value !== undefined && value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  return { version: versionOf(record), ...given({ value: short }) };
}

/** The shortest example that is not a mere length or order; of several the first by its place. */
function exampleOf(those: Showing[]): ShownChange['example'] {
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

function bySlug<T>(items: T[], slugOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => (slugOf(a) < slugOf(b) ? -1 : 1));
}

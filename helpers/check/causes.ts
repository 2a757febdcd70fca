import type { Explained } from '../compare/explain.ts';
import type { Cause as GuardCause } from '../compare/guard-causes.ts';
import { type Change, describeSince } from '../envoy/known-changes.ts';
import type { ReleaseNote } from '../envoy/release-notes.ts';
import { isBetween, isOfArea } from './areas.ts';
import type { Cause } from './finding.ts';
import type { AskFinding } from './findings/ask-finding.ts';

/** What the search for guards has found. */
export type GuardCauses = ReadonlyMap<Explained, GuardCause>;

/** What causes are looked for in. */
export interface Causes {
  guards: GuardCauses | undefined;
  /** Areas of the config. */
  areas: ReadonlySet<string>;
  /** The versions of both Envoys; undefined where one is not known. */
  versions: [a: string, b: string] | undefined;
  notes: readonly ReleaseNote[];
}

/** How many entries of release notes a finding names. */
const MOST_NOTES = 5;

/**
 * The cause of a finding: a guard that was found, else a known change that shows in it, else entries of
 * release notes whose area the config uses, else none; undefined where nothing was looked for.
 *
 * @param all every finding: a missing header can follow from the change that another one shows
 */
export function causeOf({ differences }: AskFinding, all: readonly AskFinding[], causes: Causes): Cause | undefined {
  const found = differences.flatMap((difference) => causes.guards?.get(difference) ?? []);
  const [guard] = found.flatMap((each) => (each.kind === 'guard' ? [each] : []));
  if (guard) return guard;
  const change = changeOf(differences, all);
  if (change) return knownCause(change);
  if (found.length === 0 || !differences[0]) return undefined;
  const entries = notesFor(differences, causes);
  return entries.length > 0 ? { kind: 'release notes', entries } : { kind: 'no guard' };
}

export function knownCause({ since, what, source }: Pick<Change, 'since' | 'what' | 'source'>): Cause {
  return { kind: 'known change', since: describeSince({ since }).replace(/^since /, ''), what, source };
}

/** The known change of a finding's differences, else that of another difference of the same part of the response. */
function changeOf(differences: readonly Explained[], all: readonly AskFinding[]): Change | undefined {
  const own = differences.find(({ change }) => change !== undefined)?.change;
  if (own) return own;
  const [first] = differences;
  if (!first || !/^replies\[\d+\]\.headers\./.test(first.path)) return undefined;
  const isSame = ({ claim, exchange, path, a, b }: Explained): boolean =>
    claim === first.claim &&
    exchange === first.exchange &&
    /^replies\[\d+\]\.headers\./.test(path) &&
    (a === undefined) === (first.a === undefined) &&
    (b === undefined) === (first.b === undefined);
  return all.flatMap((each) => each.differences).find((other) => other.change !== undefined && isSame(other))?.change;
}

/** Entries between both versions whose area the config uses and whose section can explain a difference. */
function notesFor(
  differences: readonly Explained[],
  { areas, versions, notes }: Causes,
): Pick<ReleaseNote, 'version' | 'area' | 'link'>[] {
  if (!versions) return [];
  const [a, b] = versions;
  const [first] = differences;
  const likely = first ? likelyAreas(first) : [];
  const fitting = notes.filter(
    ({ version, section, area }) =>
      isBetween(version, a, b) && section !== 'new_features' && section !== 'deprecated' && isOfArea(area, areas),
  );
  // Likely areas first, and changes that are intended before fixes.
  const rank = ({ area, section }: ReleaseNote): number =>
    (likely.includes(area) ? 0 : 2) + (section.endsWith('behavior_changes') ? 0 : 1);
  const entries = fitting.sort((x, y) => rank(x) - rank(y)).map(({ version, area, link }) => ({ version, area, link }));
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()].slice(0, MOST_NOTES);
}

/** Areas that a kind of difference points to. */
function likelyAreas({ path }: Explained): string[] {
  if (/\.tls\b|\.ssl\./.test(path)) return ['tls', 'ssl', 'transport_socket'];
  if (/^(checks|httpChecks|authzLog)\b/.test(path)) return ['ext_authz'];
  if (/^limitRequests\b/.test(path)) return ['ratelimit', 'rate_limit'];
  if (/^jwksRequests\b/.test(path)) return ['jwt_authn'];
  if (/^accessLog|^ownLog/.test(path)) return ['access_log', 'formatter'];
  if (/^received\b/.test(path)) return ['router', 'http'];
  return ['router', 'http', 'ext_authz'];
}

import { circumstancesOf, type Observation } from '../exchange/observation.ts';
import { RECORDED, RECORDED_KINDS, type Recorded, type RecordedKind } from '../exchange/observers/registry.ts';
import type { ChapterRecord, ClaimRecord, EnvoyRecord } from '../record/record.ts';
import { crashedIn, crashedUnexpectedly, followsCrash, hasCrashed } from './crashes.ts';
import type { Found } from './found.ts';
import { inventoryDifferences } from './inventory-differences.ts';
import { valueDifferences } from './value-differences.ts';

/** A difference of two records. */
export interface Difference extends Found {
  slug: string;
  /** The claim's title; empty for a difference of the chapter. */
  claim: string;
  /** The exchange's title; empty for a difference of the claim or chapter. */
  exchange: string;
}

/** Every difference of two records in the chapters of both. */
export function differencesOf(a: EnvoyRecord, b: EnvoyRecord): Difference[] {
  return a.chapters.flatMap((chapter) => {
    const other = b.chapters.find(({ slug }) => slug === chapter.slug);
    return other ? chapterDifferences(chapter, other) : [];
  });
}

/** A key for the place of a difference. */
export function placeOf({ slug, claim, exchange, path }: Difference): string {
  return JSON.stringify([slug, claim, exchange, path]);
}

/** The differences of two observations of one exchange. */
export function observationDifferences(a: Observation, b: Observation): Found[] {
  const circumstances = circumstancesOf(a);
  const differences = <K extends RecordedKind>(kind: K): Found[] => {
    const { differences: own, nothing } = RECORDED[kind];
    // A record may be older than a kind of observation.
    const kept = (seen: Recorded): Recorded[K] => (kind in seen ? seen[kind] : nothing);
    return own ? own(kept(a), kept(b), circumstances) : valueDifferences(kind, kept(a), kept(b));
  };
  return RECORDED_KINDS.flatMap(differences);
}

function chapterDifferences(a: ChapterRecord, b: ChapterRecord): Difference[] {
  const { slug } = a;
  const chapters = [...logDifferences(a, b), ...inventoryDifferences(a, b)];
  let onlyOneCrashed = false;
  const claims = aligned(a.claims, b.claims, ({ title }) => title).flatMap(([one, other]) => {
    const claim = (one ?? other)?.title ?? '';
    const found = claimDifferences(one, other).filter((each) => !(onlyOneCrashed && followsCrash(each)));
    onlyOneCrashed ||= crashedUnexpectedly(one) !== crashedUnexpectedly(other);
    return found.map((difference) => ({ slug, claim, ...difference }));
  });
  return [...chapters.map((found) => ({ slug, claim: '', exchange: '', ...found })), ...claims];
}

/** Kinds of log messages that only one has; older records have only the warnings of Envoy's start. */
function logDifferences(a: ChapterRecord, b: ChapterRecord): Found[] {
  const [one, other] = [a.log, b.log];
  if (!one || !other) return valueDifferences('warnings', a.warnings ?? [], b.warnings ?? []);
  const [crashedA, crashedB] = [a.claims.some(crashedIn), b.claims.some(crashedIn)];
  // A crash is logged as critical.
  const only = (kinds: string[], others: string[], crashed: boolean): string[] =>
    kinds.filter((kind) => !others.includes(kind) && !(crashed && kind.startsWith('[critical]')));
  return [
    ...only(one, other, crashedA && !crashedB).map((kind) => ({ path: `log${prefixOf(kind)}`, a: kind })),
    ...only(other, one, crashedB && !crashedA).map((kind) => ({ path: `log${prefixOf(kind)}`, b: kind })),
  ];
}

/** `[warning][config]`. */
function prefixOf(kind: string): string {
  return /^\[\w+\]\[[^\]]+\]/.exec(kind)?.[0] ?? '';
}

function claimDifferences(a?: ClaimRecord, b?: ClaimRecord): (Found & { exchange: string })[] {
  const outcomes = valueDifferences('outcome', outcomeText(a), outcomeText(b));
  const exchanges = aligned(a?.observations ?? [], b?.observations ?? [], ({ exchange }) => exchange);
  // What follows a crash, the claim's outcome too, is no difference of its own. Which exchange of a claim
  // meets the crash can depend on timing.
  const crash = exchanges.findIndex((pair) => pair.some(hasCrashed));
  const exchange = exchanges[crash]?.find(hasCrashed)?.exchange ?? '';
  const crashed = valueDifferences('crashes', crashesOf(a), crashesOf(b));
  return [
    ...(crash < 0 ? outcomes : []).map((found) => ({ exchange: '', ...found })),
    ...crashed.map((found) => ({ exchange, ...found })),
    ...exchanges.slice(0, crash < 0 ? undefined : crash).flatMap(([one, other]) => {
      const exchange = (one ?? other)?.exchange ?? '';
      if (!one || !other) return [{ exchange, path: 'exchange', ...(one ? { a: 'took place' } : { b: 'took place' }) }];
      return observationDifferences(one, other).map((found) => ({ exchange, ...found }));
    }),
  ];
}

/** The first crash of a claim. */
function crashesOf(claim?: ClaimRecord): string[] {
  return claim?.observations.find(hasCrashed)?.crashes ?? [];
}

function outcomeText(claim?: ClaimRecord): string | undefined {
  if (!claim) return undefined;
  const [why = ''] = (claim.error ?? claim.reason ?? '').split('\n', 1);
  return why === '' ? claim.outcome : `${claim.outcome}: ${why}`;
}

/** Pairs items by a key and, where it repeats, by their position among equal keys; others have no partner. */
function aligned<T>(a: T[], b: T[], keyOf: (item: T) => string): [a: T | undefined, b: T | undefined][] {
  const numbered = (items: T[]): Map<string, T> => {
    const keys = items.map(keyOf);
    const before = (at: number): number => keys.slice(0, at).filter((key) => key === keys[at]).length;
    return new Map(items.map((item, at) => [`${before(at)} ${keys[at]}`, item]));
  };
  const [one, other] = [numbered(a), numbered(b)];
  return [...new Set([...one.keys(), ...other.keys()])].map((key) => [one.get(key), other.get(key)]);
}

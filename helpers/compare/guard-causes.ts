import type { ClaimRecord, EnvoyRecord } from '../record/record.ts';
import type { Variant } from '../record/variants.ts';
import { counted, duration } from '../report/wording.ts';
import { type Difference, differencesOf, placeOf } from './differences.ts';
import type { Entries } from './entries.ts';
import type { Explained } from './explain.ts';
import { inventoryGroup } from './inventory-differences.ts';

/** Whether a runtime guard causes a difference. */
export type Cause =
  /** B behaves as A where the guard has this value, and as before without it; both were seen twice. */
  | { kind: 'guard'; guard: string; value: boolean }
  /** One guard seemed to, but not in every run. */
  | { kind: 'unsteady'; guard: string; value: boolean }
  /** B behaves as A where all its new guards are off, but no single one accounts for it. */
  | { kind: 'several guards' }
  /** No new guard changes it. */
  | { kind: 'no guard' };

/** The causes of unknown differences, and what it took to find them. */
export interface GuardFindings {
  /** The number of guards that only B's binary defines. */
  guards: number;
  /** Runs of a chapter. */
  runs: number;
  ms: number;
  causes: Map<Explained, Cause>;
}

/** A difference of one chapter that is looked for with other guards. */
export interface Target {
  slug: string;
  /** One change of a value, at every place of the chapter. */
  places: Explained[];
}

/** Targets for the unknown entries of a comparison, in as few chapters as possible. */
export function targetsOf({ unknown }: Pick<Entries, 'unknown'>): Target[] {
  const targets: Target[] = [];
  for (const { places } of unknown) {
    const slugs = [...new Set(places.map(({ slug }) => slug))];
    const slug = slugs.find((each) => targets.some((target) => target.slug === each)) ?? slugs[0] ?? '';
    const here = places.filter((place) => place.slug === slug);
    // Names of an inventory are one entry, but can have different causes.
    const isList = here.some((place) => inventoryGroup(place) !== undefined);
    targets.push(...(isList ? here.map((place) => ({ slug, places: [place] })) : [{ slug, places: here }]));
  }
  return targets;
}

/**
 * The claims of the targets' chapters up to the last one that a target needs: earlier ones affect what
 * it observes. All claims where they run in another order than that of the file.
 */
export function claimsUntil(
  targets: Target[],
  { chapters }: EnvoyRecord,
  { inOrder }: Pick<Variant, 'inOrder'>,
): ClaimRecord[] {
  return chapters.flatMap(({ slug, claims }) => {
    const places = targets.filter((target) => target.slug === slug).flatMap((target) => target.places);
    // The log of a chapter is that of all its claims; its inventory is read before the first one.
    if (places.some(({ path }) => !inOrder || /^(log|warnings)\b/.test(path))) return claims;
    const last = claims.findLastIndex(({ title }) => places.some(({ claim }) => claim === title));
    return places.length === 0 ? [] : claims.slice(0, Math.max(0, last) + 1);
  });
}

/** Whether a run does not differ from A at the places of a target. */
export function isAsA({ slug, places }: Target, a: EnvoyRecord, run: EnvoyRecord): boolean {
  const only = ({ chapters, ...rest }: EnvoyRecord): EnvoyRecord => ({
    ...rest,
    chapters: chapters.filter((chapter) => chapter.slug === slug),
  });
  const one = only(run);
  if (one.chapters.length === 0) return false;
  const differing = new Set(differencesOf(only(a), one).map(placeOf));
  const missing = (place: Difference): string => placeOf({ ...place, path: 'exchange' });
  return places.every(
    // A claim that fails has no later exchanges.
    (place) =>
      !differing.has(placeOf(place)) &&
      (place.exchange === '' || place.path === 'exchange' || !differing.has(missing(place))) &&
      (place.claim === '' || one.chapters.some(({ claims }) => claims.some(({ title }) => title === place.claim))),
  );
}

/** `guard: envoy.reloadable_features.x; with false, as 1.38.3 (seen on and off twice)`, one line for each cause. */
export function causeLines(places: Difference[], findings: GuardFindings | undefined, a: string): string[] {
  const causes = new Map<string, number>();
  for (const [place, cause] of findings?.causes ?? []) {
    if (!places.includes(place)) continue;
    const text = describeCause(cause, a);
    causes.set(text, (causes.get(text) ?? 0) + 1);
  }
  const [only, ...more] = causes;
  if (only && more.length === 0) return [`guard: ${only[0]}`];
  return [...causes].map(([text, count]) => `guard: ${text} (${counted(count, 'difference')})`);
}

/** `41 new guards searched in 18 runs and 21 s`. */
export function describeSearch({ guards, runs, ms }: GuardFindings, b: string): string {
  return `Guards that only ${b} defines: ${guards}; searched in ${counted(runs, 'run')}, ${duration(ms)}.`;
}

function describeCause(cause: Cause, a: string): string {
  if (cause.kind === 'guard')
    return `${cause.guard}; with ${cause.value}, as ${a} (seen with and without it, twice each)`;
  if (cause.kind === 'unsteady') return `perhaps ${cause.guard}: as ${a} in some runs with ${cause.value} only`;
  return cause.kind === 'several guards' ? 'needs several guards' : 'no guard explains it';
}

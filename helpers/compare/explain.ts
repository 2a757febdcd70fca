import { type Change, hasChange, isSameChange, type Sign } from '../envoy/known-changes.ts';
import { emptyObservation } from '../exchange/observation.ts';
import type { ClaimRecord, EnvoyRecord } from '../record/record.ts';
import { type Difference, observationDifferences } from './differences.ts';

/** A difference with the change that explains it, if any. */
export interface Explained extends Difference {
  status: 'known' | 'new';
  change?: Change;
}

/** Explains each difference by the first change between both with a matching sign. */
export function explain(
  differences: Difference[],
  a: EnvoyRecord,
  b: EnvoyRecord,
  changes: readonly Change[],
): Explained[] {
  const between = changes.filter((change) => direction(change, a, b) !== undefined);
  return differences.map((difference) => {
    const claims = [a, b].flatMap((record) => claimsAt(record, difference));
    const change = between.find((each) => {
      const forward = direction(each, a, b) === 'forward';
      return each.shows.some((sign) => matches(sign, difference, forward, declares(claims, each)));
    });
    return change ? { ...difference, status: 'known', change } : { ...difference, status: 'new' };
  });
}

/** Changes between both that explain no difference, although a claim declares them or their effect is expected. */
export function notExercisedAmong(
  changes: readonly Change[],
  differences: Explained[],
  a: EnvoyRecord,
  b: EnvoyRecord,
): Change[] {
  const shown = new Set(differences.map(({ change }) => change));
  const compared = b.chapters.flatMap(({ slug, claims }) =>
    claims.filter(({ title, observations }) => {
      const [other] = claimsAt(a, { slug, claim: title });
      return observations.length > 0 && other !== undefined && other.observations.length > 0;
    }),
  );
  return changes.filter((change) => {
    if (direction(change, a, b) === undefined || shown.has(change)) return false;
    const beside = change.shows.flatMap((sign) => sign.beside ?? []);
    return declares(compared, change) || (beside.length > 0 && observesOne(compared, beside));
  });
}

/** Whether a change came (`forward`) or went; undefined where the versions do not differ in it, or one is unknown. */
function direction(change: Change, a: EnvoyRecord, b: EnvoyRecord): 'forward' | 'backward' | undefined {
  if (!a.build || !b.build) return undefined;
  const [before, after] = [hasChange(change, a.build.version), hasChange(change, b.build.version)];
  if (before === after) return undefined;
  return after ? 'forward' : 'backward';
}

function matches(sign: Sign, { path, a = '', b = '' }: Difference, forward: boolean, declared: boolean): boolean {
  const [before, after] = forward ? [a, b] : [b, a];
  return (
    sign.path.test(path) &&
    (declared || !sign.declared) &&
    (sign.before?.test(before) ?? true) &&
    (sign.after?.test(after) ?? true) &&
    (sign.by === undefined || Number(after) - Number(before) === sign.by)
  );
}

function claimsAt({ chapters }: EnvoyRecord, { slug, claim }: Pick<Difference, 'slug' | 'claim'>): ClaimRecord[] {
  const claims = chapters.find((chapter) => chapter.slug === slug)?.claims ?? [];
  return claims.filter(({ title }) => title === claim);
}

/** Whether one of the claims declares a change. */
function declares(claims: ClaimRecord[], change: Change): boolean {
  return claims.some(({ changes = [] }) => changes.some((declared) => isSameChange(declared, change)));
}

/** Whether an observation has a path that one of the expressions matches. */
function observesOne(claims: ClaimRecord[], paths: RegExp[]): boolean {
  const seen = claims.flatMap(({ observations }) => observations);
  const places = seen.flatMap((each) => observationDifferences(emptyObservation(each.exchange), each));
  return places.some(({ path }) => paths.some((expression) => expression.test(path)));
}

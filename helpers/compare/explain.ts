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
    const change = between.find((each) => shows(each, difference, a, b));
    return change ? { ...difference, status: 'known', change } : { ...difference, status: 'new' };
  });
}

/** Changes between both without a difference that shows them, although a claim declares them or their effect is expected. */
export function notExercisedAmong(
  changes: readonly Change[],
  differences: Explained[],
  a: EnvoyRecord,
  b: EnvoyRecord,
): Change[] {
  const compared = b.chapters.flatMap(({ slug, claims }) =>
    claims.filter(({ title, observations }) => {
      const [other] = claimsAt(a, { slug, claim: title });
      return observations.length > 0 && other !== undefined && other.observations.length > 0;
    }),
  );
  return changes.filter((change) => {
    if (direction(change, a, b) === undefined) return false;
    // Another change may explain the difference, for instance of a claim that declares both.
    if (differences.some((difference) => shows(change, difference, a, b))) return false;
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

/** Whether a difference is an effect of a change. */
function shows(change: Change, difference: Difference, a: EnvoyRecord, b: EnvoyRecord): boolean {
  const forward = direction(change, a, b) === 'forward';
  const declared = declares(
    [a, b].flatMap((record) => claimsAt(record, difference)),
    change,
  );
  return change.shows.some((sign) => matches(sign, difference, forward, declared));
}

function matches(
  sign: Sign,
  { path, a = '', b = '', exchange, claim }: Difference,
  forward: boolean,
  declared: boolean,
): boolean {
  const [before, after] = forward ? [a, b] : [b, a];
  return (
    sign.path.test(path) &&
    (declared || !sign.declared) &&
    (sign.exchange === undefined || [exchange, claim].some((title) => sign.exchange?.test(title))) &&
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

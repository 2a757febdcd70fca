import type { Change } from '../envoy/known-changes.ts';
import type { EnvoyRecord } from '../record/record.ts';
import { type Difference, differencesOf, placeOf } from './differences.ts';
import { type Explained, explain, notExercisedAmong } from './explain.ts';
import type { GuardFindings } from './guard-causes.ts';
import { unsteadyOrders, withSettledOrder } from './unsteady-order.ts';

export interface Comparison {
  a: EnvoyRecord;
  b: EnvoyRecord;
  /** Chapters of both. */
  chapters: string[];
  differences: Explained[];
  /** Differences of two runs of A, whose places are left out of `differences`. */
  noise: Difference[];
  /** Known changes between both whose expected effect is missing: no compared claim exercises them. */
  notExercised: Change[];
  /** The causes of unknown differences among B's runtime guards; absent where they were not looked for. */
  guards?: GuardFindings;
  /** Whether the claims ran in different orders. */
  differentOrder?: boolean;
}

/**
 * Compares observations; differences of A from `again`, a second run of A, are noise. A list of headers
 * that A reorders by itself is compared without its order.
 */
export function compareRecords(
  a: EnvoyRecord,
  b: EnvoyRecord,
  changes: readonly Change[],
  again?: EnvoyRecord,
): Comparison {
  const noise = again ? differencesOf(a, again) : [];
  const noisy = new Set(noise.map(placeOf));
  const orders = unsteadyOrders(again ? [[a, again]] : []);
  const [one, other] = [withSettledOrder(a, orders), withSettledOrder(b, orders)];
  const found = differencesOf(one, other).filter((difference) => !noisy.has(placeOf(difference)));
  const differences = explain(found, a, b, changes);
  const chapters = slugsOf(a).filter((slug) => slugsOf(b).includes(slug));
  return { a, b, chapters, differences, noise, notExercised: notExercisedAmong(changes, differences, a, b) };
}

export function slugsOf({ chapters }: EnvoyRecord): string[] {
  return chapters.map(({ slug }) => slug);
}

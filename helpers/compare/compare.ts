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
  /** Differences of two runs of one version, whose places are left out of `differences`. */
  noise: Noise[];
  /** Known changes between both whose expected effect is missing: no compared claim exercises them. */
  notExercised: Change[];
  /** The causes of unknown differences among B's runtime guards; absent where they were not looked for. */
  guards?: GuardFindings;
  /** Whether the claims ran in different orders. */
  differentOrder?: boolean;
}

/** A difference of a version from itself. */
export interface Noise extends Difference {
  /** The name of the version. */
  version: string;
}

/**
 * Compares observations; what differs in `again`, second runs of both, is noise. A list of headers that A
 * reorders by itself is compared without its order.
 *
 * @param again.b may have a part of the chapters
 */
export function compareRecords(
  a: EnvoyRecord,
  b: EnvoyRecord,
  changes: readonly Change[],
  again: { a?: EnvoyRecord; b?: EnvoyRecord } = {},
): Comparison {
  const noise = [...noiseOf(a, again.a), ...noiseOf(b, again.b)];
  const noisy = new Set(noise.map(placeOf));
  const orders = unsteadyOrders(again.a ? [[a, again.a]] : []);
  const [one, other] = [withSettledOrder(a, orders), withSettledOrder(b, orders)];
  const found = differencesOf(one, other).filter((difference) => !noisy.has(placeOf(difference)));
  const differences = explain(found, a, b, changes);
  const chapters = slugsOf(a).filter((slug) => slugsOf(b).includes(slug));
  return { a, b, chapters, differences, noise, notExercised: notExercisedAmong(changes, differences, a, b) };
}

function noiseOf(record: EnvoyRecord, again?: EnvoyRecord): Noise[] {
  return again ? differencesOf(record, again).map((found) => ({ version: record.name, ...found })) : [];
}

export function slugsOf({ chapters }: EnvoyRecord): string[] {
  return chapters.map(({ slug }) => slug);
}

/** The noise of each version that has any. */
export function noisyVersions(noise: Noise[]): [version: string, noise: Noise[]][] {
  const versions = [...new Set(noise.map(({ version }) => version))];
  return versions.map((version) => [version, noise.filter((each) => each.version === version)]);
}

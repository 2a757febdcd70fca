/** The summary of repeated measurements. */
export interface Spread {
  count: number;
  median: number;
  min: number;
  max: number;
}

/** @throws RangeError for no values */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (min === undefined || max === undefined || below === undefined || above === undefined) {
    throw new RangeError('there is no median of no values');
  }
  return { count: sorted.length, median: (below + above) / 2, min, max };
}

/**
 * The percentile by nearest rank: always one of the values.
 *
 * @param percent above 0, at most 100
 * @throws RangeError where there are no values
 */
export function percentileOf(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
  if (value === undefined) throw new RangeError(`there is no ${percent}th percentile of ${values.length} values`);
  return value;
}

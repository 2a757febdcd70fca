/** What repeated measurements of one thing come to. */
export interface Spread {
  /** How many there were. */
  count: number;
  median: number;
  min: number;
  max: number;
}

/**
 * The middle of measurements and how far they lie apart. The median, since one measurement that something else delayed moves it little.
 *
 * @throws RangeError where there are none
 */
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
 * The smallest of the values that at least `percent` of a hundred do not exceed (nearest rank): always one that was measured.
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

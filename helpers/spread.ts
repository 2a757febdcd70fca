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

/**
 * Pairs the items of two lists so that as many equal ones as can be stand together in both orders (a longest common
 * subsequence); what is left between two such pairs is paired one by one.
 *
 * @returns pairs of indices; an item without a partner has undefined in the other's place
 */
export function alignment<T>(
  a: T[],
  b: T[],
  keyOf: (item: T) => string,
): [a: number | undefined, b: number | undefined][] {
  const [keysA, keysB] = [a.map(keyOf), b.map(keyOf)];
  // lengths[i][j]: how many pairs a from i and b from j can have.
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const length = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row) row[j] = keysA[i] === keysB[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
    }
  }
  const pairs: [number | undefined, number | undefined][] = [];
  let [left, right]: [number[], number[]] = [[], []];
  const pairRest = (): void => {
    for (let n = 0; n < Math.max(left.length, right.length); n++) pairs.push([left[n], right[n]]);
    [left, right] = [[], []];
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && keysA[i] === keysB[j]) {
      pairRest();
      pairs.push([i++, j++]);
    } else if (j >= b.length || (i < a.length && length(i + 1, j) >= length(i, j + 1))) left.push(i++);
    else right.push(j++);
  }
  pairRest();
  return pairs;
}

import { diffArrays } from 'diff';

/** Pairs indices of two lists: of equal items by a shortest edit script, of others between one by one. */
export function alignment<T>(
  a: T[],
  b: T[],
  keyOf: (item: T) => string,
): [a: number | undefined, b: number | undefined][] {
  const pairs: [number | undefined, number | undefined][] = [];
  let [left, right]: [number[], number[]] = [[], []];
  const pairRest = (): void => {
    for (let n = 0; n < Math.max(left.length, right.length); n++) pairs.push([left[n], right[n]]);
    [left, right] = [[], []];
  };
  let [i, j] = [0, 0];
  for (const { value, added, removed } of diffArrays(a.map(keyOf), b.map(keyOf))) {
    for (const _ of value) {
      if (removed) left.push(i++);
      else if (added) right.push(j++);
      else {
        pairRest();
        pairs.push([i++, j++]);
      }
    }
  }
  pairRest();
  return pairs;
}

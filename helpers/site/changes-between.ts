/** The known changes between two versions, in the order given. */
export interface ChangesBetween<T> {
  /** The second version has them, the first has not. */
  gained: T[];
  /** The first version has them, the second has not: a step back, or to a branch without a backport. */
  undone: T[];
}

/** @param changes each with the known versions that have it */
export function changesBetween<T extends { versions: readonly string[] }>(
  changes: readonly T[],
  from: string,
  to: string,
): ChangesBetween<T> {
  const differing = (has: string, lacks: string): T[] =>
    changes.filter(({ versions }) => versions.includes(has) && !versions.includes(lacks));
  return { gained: differing(to, from), undone: differing(from, to) };
}

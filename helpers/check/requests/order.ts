import type { Draft, Group } from './draft.ts';

/** How many requests of each group follow each other: routes come first, the rest in turns. */
const TURNS: Record<Group, number> = { route: 4, policy: 3, circumstances: 1, protocol: 1, unusual: 2, variant: 1 };

/**
 * Orders drafts so that the first ones show most: the groups take turns, and the order within a group
 * stays.
 */
export function inTurns(drafts: Draft[]): Draft[] {
  const groups = Object.entries(TURNS).map(([group, turn]) => ({
    turn,
    left: drafts.filter((draft) => draft.group === group),
  }));
  const ordered: Draft[] = [];
  while (groups.some(({ left }) => left.length > 0)) {
    for (const { turn, left } of groups) ordered.push(...left.splice(0, turn));
  }
  return ordered;
}

/**
 * Spreads kinds over places: the nth place begins with the nth kind, so that few requests show all kinds
 * and all places.
 */
export function diagonal<T>(places: (T | undefined)[][]): T[] {
  const kinds = Math.max(0, ...places.map(({ length }) => length));
  return Array.from({ length: places.length }).flatMap((_, round) =>
    Array.from({ length: kinds }).flatMap((_, kind): T[] => {
      const item = places[(kind + round) % places.length]?.[kind];
      return item === undefined ? [] : [item];
    }),
  );
}

import type { Draft, Group } from './draft.ts';

/** How many requests of each group follow each other: routes come first, the rest in turns. */
const TURNS: Record<Group, number> = { route: 4, policy: 3, circumstances: 1, protocol: 1, unusual: 2, variant: 1 };

/** So many routes come before anything else. */
const FIRST_ROUTES = 16;

/**
 * Orders drafts so that the first ones show most, however few are sent: a request for each route and
 * listener, then the groups take turns. The order within a group stays, but for listeners, which take turns.
 */
export function inTurns(drafts: Draft[]): Draft[] {
  const groups = Object.entries(TURNS).map(([group, turn]) => ({
    turn,
    left: drafts.filter((draft) => draft.group === group),
  }));
  const routes = groups.find(({ turn }) => turn === TURNS.route);
  const first = listenersInTurns(routes?.left ?? []).slice(0, FIRST_ROUTES);
  if (routes) routes.left = routes.left.filter((draft) => !first.includes(draft));
  const ordered = [...first];
  while (groups.some(({ left }) => left.length > 0)) {
    for (const { turn, left } of groups) ordered.push(...left.splice(0, turn));
  }
  return ordered;
}

/** Drafts with one for each listener first, then the second ones, and so on. */
function listenersInTurns(drafts: readonly Draft[]): Draft[] {
  const counts = new Map<string, number>();
  const ranked = drafts.map((draft) => {
    const rank = counts.get(draft.address) ?? 0;
    counts.set(draft.address, rank + 1);
    return { draft, rank };
  });
  return ranked.toSorted((x, y) => x.rank - y.rank).map(({ draft }) => draft);
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

import type { Change } from '../envoy/known-changes.ts';
import { given } from '../util/given.ts';
import type { Comparison } from './compare.ts';
import type { Difference } from './differences.ts';
import type { Explained } from './explain.ts';
import { type DiffStyle, wordDiff } from './word-diff.ts';

/** Places in which the very same thing differs. */
export interface Group<D extends Difference = Difference> {
  /** As in a difference, without which of several it is. */
  path: string;
  a?: string;
  b?: string;
  places: D[];
}

/** How much is shown at once of what a known change has changed: one of them can be seen in a hundred counters. */
export const FEW = 6;

/** Longer values are cut where they are shown; a record has them whole. */
const LONGEST = 400;

/** Differences by the change that explains them, those of the earliest first; and those that nothing explains. */
export function byChange({ differences }: Comparison): {
  known: { change: Change; groups: Group[] }[];
  unknown: Group[];
} {
  const changes = new Map<Change, Explained[]>();
  for (const difference of differences) {
    if (!difference.change) continue;
    changes.set(difference.change, [...(changes.get(difference.change) ?? []), difference]);
  }
  return {
    known: [...changes].map(([change, some]) => ({ change, groups: grouped(some) })),
    unknown: grouped(differences.filter(({ change }) => change === undefined)),
  };
}

/** The same difference in several places once. */
export function grouped<D extends Difference>(differences: D[]): Group<D>[] {
  const groups = new Map<string, Group<D>>();
  for (const difference of differences) {
    const { a, b } = difference;
    const path = difference.path.replaceAll(/\[\d+\]/g, '[]');
    const key = JSON.stringify([path, a, b]);
    const known = groups.get(key) ?? { path, ...given({ a, b }), places: [] };
    known.places.push(difference);
    groups.set(key, known);
  }
  return [...groups.values()];
}

/** `tproxy-local: GET http://<blue>`, or of several how many exchanges of which chapters. */
export function where({ places }: Group): string {
  const [first, ...more] = places;
  if (first && more.length === 0)
    return [first.slug, first.claim, first.exchange].filter((part) => part !== '').join(' › ');
  const slugs = [...new Set(places.map(({ slug }) => slug))];
  return `${places.length} times in ${slugs.join(', ')}`;
}

/** Both values of a group, the differing words set off. */
export function values(group: Group, style: DiffStyle): [a: string | undefined, b: string | undefined] {
  const [a, b] = [group.a, group.b].map((text) => text?.replaceAll(/\s+/g, ' '));
  if (a === undefined || b === undefined) return [cut(a), cut(b)];
  return wordDiff(a, b, style).map(cut) as [string, string];
}

function cut<T extends string | undefined>(text: T): T | string {
  return text !== undefined && text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

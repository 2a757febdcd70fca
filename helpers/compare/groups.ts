import type { Change } from '../envoy/known-changes.ts';
import { given } from '../util/given.ts';
import type { Comparison } from './compare.ts';
import type { Difference } from './differences.ts';
import { type DiffStyle, wordDiff } from './word-diff.ts';

/** Equal differences in several places. */
export interface Group<D extends Difference = Difference> {
  /** The path of a difference without positions in lists. */
  path: string;
  a?: string;
  b?: string;
  places: D[];
}

/** The number of groups of a known change to print: a change may affect a hundred counters. */
export const FEW = 6;

/** Longer values are cut for printing. */
const LONGEST = 400;

/** Groups of differences by the change that explains them, and unexplained ones. */
export function byChange({ differences }: Comparison): {
  known: { change: Change; groups: Group[] }[];
  unknown: Group[];
} {
  const of = (change?: Change): Group[] => grouped(differences.filter((difference) => difference.change === change));
  const changes = new Set(differences.flatMap(({ change }) => change ?? []));
  return { known: [...changes].map((change) => ({ change, groups: of(change) })), unknown: of() };
}

/** Groups equal differences. */
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

/** `tproxy-local › claim › GET http://<blue>`, or the number of places and their chapters. */
export function where({ places }: Group): string {
  const [first, ...more] = places;
  if (first && more.length === 0)
    return [first.slug, first.claim, first.exchange].filter((part) => part !== '').join(' › ');
  const slugs = [...new Set(places.map(({ slug }) => slug))];
  return `${places.length} times in ${slugs.join(', ')}`;
}

/** Both values of a group, with a word diff. */
export function values(group: Group, style: DiffStyle): [a: string | undefined, b: string | undefined] {
  const [a, b] = [group.a, group.b].map((text) => text?.replaceAll(/\s+/g, ' '));
  const [one, other] = a === undefined || b === undefined ? [a, b] : wordDiff(a, b, style);
  return [one && cut(one), other && cut(other)];
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

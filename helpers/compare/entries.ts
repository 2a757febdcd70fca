import type { Change } from '../envoy/known-changes.ts';
import { compareVersions } from '../envoy/versions.ts';
import { given } from '../util/given.ts';
import type { Difference } from './differences.ts';
import type { Explained } from './explain.ts';
import { describeGroup, inventoryGroup } from './inventory-differences.ts';
import { type Weight, weightOf } from './weight.ts';
import { wordDiff } from './word-diff.ts';

/** One change of a value, shown in one place or many. */
export interface ValueChange<D extends Difference = Difference> {
  /** The path of its differences without positions in lists and names of clusters. */
  path: string;
  weight: Weight;
  /** Both values in the first place. */
  a?: string;
  b?: string;
  /** At least one. */
  places: D[];
}

/** A known change with everything that it explains. */
export interface KnownEntry {
  change: Change;
  /** The weight of its heaviest difference. */
  weight: Weight;
  /** Heaviest first. */
  values: ValueChange<Explained>[];
  /** The number of its differences. */
  count: number;
}

/** The entries of a comparison: unknown ones, heaviest first, and known changes by weight, then by version. */
export interface Entries {
  unknown: ValueChange<Explained>[];
  known: KnownEntry[];
}

export function entriesOf(differences: Explained[]): Entries {
  const of = (change?: Change): ValueChange<Explained>[] =>
    valueChanges(differences.filter((difference) => difference.change === change));
  const known = [...new Set(differences.flatMap(({ change }) => change ?? []))].map((change): KnownEntry => {
    const values = of(change);
    return { change, weight: values[0]?.weight ?? 4, values, count: countOf(values) };
  });
  return { unknown: of(), known: known.sort((x, y) => x.weight - y.weight || byVersion(x.change, y.change)) };
}

/** The number of differences. */
export function countOf(values: ValueChange[]): number {
  return values.reduce((sum, { places }) => sum + places.length, 0);
}

/** Groups differences that change the same value in the same way, the most important first. */
export function valueChanges<D extends Difference>(differences: D[]): ValueChange<D>[] {
  const changes = new Map<string, ValueChange<D>>();
  for (const difference of differences) {
    const { a, b } = difference;
    const path = generalPath(difference.path);
    const key = inventoryGroup(difference) ?? JSON.stringify([path, changeOf(path, a, b)]);
    const known = changes.get(key) ?? { path, weight: weightOf(path), ...given({ a, b }), places: [] };
    known.places.push(difference);
    changes.set(key, known);
  }
  const described = [...changes.values()].map((change) =>
    inventoryGroup(change.places[0] ?? change) === undefined ? change : inventoryChange(change),
  );
  return described.sort(byImportance);
}

/** One line for all names of an inventory that changed in the same way. */
function inventoryChange<D extends Difference>({ weight, places }: ValueChange<D>): ValueChange<D> {
  return { weight, places, ...describeGroup(places) };
}

/** By weight; within one by the part of the message, then by the number of places. */
function byImportance(x: ValueChange, y: ValueChange): number {
  return x.weight - y.weight || partOf(x) - partOf(y) || y.places.length - x.places.length;
}

/** The parts of a message, most telling first. */
const PARTS = [/^(outcome|exchange)$/, /\.status$/, /\.body\b/, /^(?!.* in order$)/];

function partOf({ path }: ValueChange): number {
  const part = PARTS.findIndex((expression) => expression.test(path));
  return part === -1 ? PARTS.length : part;
}

/** `accessLog[2].bytes_sent` as `accessLog[].bytes_sent`, `stats.cluster.a.x` as `stats.cluster.*.x`. */
export function generalPath(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '[]').replace(/^stats\.cluster\.[\w-]+\./, 'stats.cluster.*.');
}

/** How a value changed: the increase of a number of bytes or events, else the words that differ. */
export function changeOf(path: string, a: string | undefined, b: string | undefined): unknown {
  if (a === undefined || b === undefined) return [a, b];
  if (/^stats\.|bytes_|content-length$/.test(path) && /^\d+$/.test(a) && /^\d+$/.test(b)) return Number(b) - Number(a);
  const words = { removed: (text: string) => `\0${text}\0`, added: (text: string) => `\0${text}\0` };
  return wordDiff(a, b, words).map((text) => text.split('\0').filter((_, at) => at % 2 === 1));
}

function byVersion(a: Change, b: Change): number {
  const first = ({ since }: Change): string => [since].flat()[0] ?? '';
  return compareVersions(first(a), first(b));
}

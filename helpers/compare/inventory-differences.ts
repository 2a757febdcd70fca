import { type Inventory, kindsOf } from '../envoy/stats-inventory.ts';
import type { ChapterRecord } from '../record/record.ts';
import { given } from '../util/given.ts';
import type { Found } from './found.ts';

/** What an inventory lists, by the first parts of a difference's path. */
const LISTED = {
  'inventory.stats': { title: 'stats inventory', item: 'name' },
  'inventory.series': { title: 'Prometheus inventory', item: 'series' },
} as const;

/** Names that are gone or new, and names of another kind; none where a record is older than inventories. */
export function inventoryDifferences({ inventory: a }: ChapterRecord, { inventory: b }: ChapterRecord): Found[] {
  if (!a || !b) return [];
  return (['stats', 'series'] satisfies (keyof Inventory)[]).flatMap((of) => {
    const [one, other] = [kindsOf(a, of), kindsOf(b, of)];
    return [...new Set([...one.keys(), ...other.keys()])].flatMap((name) =>
      one.get(name) === other.get(name)
        ? []
        : [{ path: `inventory.${of}.${name}`, ...given({ a: one.get(name), b: other.get(name) }) }],
    );
  });
}

/**
 * The group of a difference of an inventory, which is printed as one line: `inventory.stats new`;
 * undefined for another difference.
 */
export function inventoryGroup({ path, a, b }: Found): string | undefined {
  const of = listedIn(path);
  return of && `${of} ${changeOf({ a, b })}`;
}

/** `stats inventory`, and `3 names new: cluster.*.x (counter), …` as a value of B, or of A where they are gone. */
export function describeGroup(group: Found[]): Found {
  const [first = { path: '' }] = group;
  const of = listedIn(first.path);
  const { title, item } = LISTED[of ?? 'inventory.stats'];
  const change = changeOf(first);
  const names = new Set(
    group.map(({ path, a, b }) => `${path.slice(`${of}.`.length)} (${[a, b].filter((kind) => kind).join(' → ')})`),
  );
  const items = names.size === 1 || item === 'series' ? item : `${item}s`;
  const text = `${names.size} ${items} ${change}: ${[...names].sort().join(', ')}`;
  return { path: title, ...(change === 'gone' ? { a: text } : { b: text }) };
}

function changeOf({ a, b }: Pick<Found, 'a' | 'b'> | { a: string | undefined; b: string | undefined }): string {
  if (a === undefined) return 'new';
  return b === undefined ? 'gone' : 'of another kind';
}

function listedIn(path: string): keyof typeof LISTED | undefined {
  return (Object.keys(LISTED) as (keyof typeof LISTED)[]).find((of) => path.startsWith(`${of}.`));
}

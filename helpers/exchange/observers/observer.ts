import type { Found } from '../../compare/found.ts';
import type { Masks } from '../masking.ts';

/** How one kind of observation is recorded, masked, described and compared. */
export interface Observer<Raw, Recorded> {
  /** The heading of its lines on a page. */
  title: string;
  /** The record of an exchange in which nothing was observed. */
  nothing: Recorded;
  /** Reduces what was observed to what a record keeps; what chance decides is left out. */
  record: (raw: Raw, circumstances: Circumstances) => Recorded;
  /** Fields that are masked by name, beside what is masked in every text. */
  masks?: Masks;
  /** Removes from the masked record what chance decides: an order, a number of equal items. */
  settle: (masked: Recorded, circumstances: Circumstances) => Recorded;
  /** Lines for a reader. */
  describe: (recorded: Recorded, circumstances: Circumstances) => string[];
  /** A line of the description without what chance decides between runs on a busy machine. */
  steady?: (line: string) => string;
  /** Differences of two records; default: of all that they hold, by path. */
  differences?: (a: Recorded, b: Recorded, circumstances: Circumstances) => Found[];
}

/** A kind of observation that claims see and records do not keep. */
export interface LiveObserver<Raw> {
  live: true;
  /** Where it was not observed. */
  nothing: Raw;
}

/** What one kind of observation depends on in the others. */
export interface Circumstances {
  /** How many replies the downstream got: several where it sent requests side by side. */
  replies: number;
  /** Whether an upstream reported what it received. */
  received: boolean;
  /** Whether a connection became a tunnel. */
  tunnelled: boolean;
}

/** Of requests side by side, equal items once, in an order that does not depend on which came first. */
export function onceEach<T>(items: T[], { replies }: Circumstances): T[] {
  if (replies <= 1) return items;
  return sorted([...new Map(items.map((item) => [JSON.stringify(item), item])).values()]);
}

/** Items in an order that depends on nothing but themselves. */
export function sorted<T>(items: T[]): T[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

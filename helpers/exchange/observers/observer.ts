import type { Found } from '../../compare/found.ts';
import type { Masks } from '../masking.ts';

/** The recording, masking, description and comparison of one kind of observation. */
export interface Observer<Raw, Recorded> {
  /** The heading of its lines on a page. */
  title: string;
  /** The record of an exchange in which nothing was observed. */
  nothing: Recorded;
  /** Reduces what was observed to what a record keeps, without what varies between runs. */
  record: (raw: Raw, circumstances: Circumstances) => Recorded;
  /** Fields that are masked by name, in addition to what is masked in every text. */
  masks?: Masks;
  /** Removes from the masked record what varies between runs: an order, a number of equal items. */
  settle: (masked: Recorded, circumstances: Circumstances) => Recorded;
  /**
   * The keys in the record of a value that a claim reads by other keys; the index of an item stays.
   * Default: the same keys.
   */
  recordedKeys?: (keys: string[], raw: Raw) => string[];
  /** Lines for a reader. */
  describe: (recorded: Recorded, circumstances: Circumstances) => string[];
  /** Removes from a line of the description what varies between runs on a busy machine. */
  steady?: (line: string) => string;
  /** Differences of two records. Default: all differences, by path. */
  differences?: (a: Recorded, b: Recorded, circumstances: Circumstances) => Found[];
}

/** A kind of observation that only claims use; records do not keep it. */
export interface LiveObserver<Raw> {
  live: true;
  nothing: Raw;
}

/** Facts of one kind of observation that others depend on. */
export interface Circumstances {
  /** The number of replies; several for parallel requests. */
  replies: number;
  /** Whether a connection became a tunnel. */
  tunnelled: boolean;
  /** Whether the script of a client reset its connection. */
  reset: boolean;
}

/** The number of bytes of a connection, or `many`. */
export type ByteCount = number | 'many';

/** What a socket buffers at least, by default (Linux, net.ipv4.tcp_rmem, without the part for headers). */
const BUFFERED = 65_536;

/** The bytes that a connection carried: of more than its sockets buffer, how many depends on when a reset met them. */
export function steadyBytes(bytes: number, { reset }: Circumstances): ByteCount {
  return reset && bytes > BUFFERED ? 'many' : bytes;
}

/**
 * An observer of a list, recorded as it is, where `more` defines nothing else; equal items of
 * parallel requests once.
 */
export function listObserver<T>(
  title: string,
  describe: (items: T[]) => string[],
  more: Partial<Observer<T[], T[]>> = {},
): Observer<T[], T[]> {
  return { title, nothing: [], record: (seen) => seen, settle: onceEach, describe, ...more };
}

/** Keeps equal items of parallel requests once, in an order that does not depend on arrival. */
export function onceEach<T>(items: T[], { replies }: Circumstances): T[] {
  if (replies <= 1) return items;
  return sorted([...new Map(items.map((item) => [JSON.stringify(item), item])).values()]);
}

/** Sorts items by their JSON text. */
export function sorted<T>(items: T[]): T[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

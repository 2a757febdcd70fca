import type { SocketAddress } from '../wire.ts';
import { type Observer, onceEach, sorted } from './observer.ts';

/** A conntrack entry: the tuple as first seen, and the one that replies are expected to have. */
export interface ConntrackEntry {
  host: string;
  protocol: string;
  original: { source: SocketAddress; destination: SocketAddress };
  reply: { source: SocketAddress; destination: SocketAddress };
  /** Whether `reply` is anything but the mirror image of `original`. */
  nat: boolean;
}

/** Entries of the hosts whose rules are observed, for the connections of an exchange. */
export const conntrack: Observer<ConntrackEntry[], ConntrackEntry[]> = {
  title: 'conntrack',
  nothing: [],
  record: (seen) => seen,
  // The kernel lists its connections in the order of a hash.
  settle: (masked, circumstances) => sorted(onceEach(masked.map(withoutChosenPort), circumstances)),
  describe: (entries) => entries.map(describeEntry),
};

export function describeEntry({ host, original, reply, nat }: ConntrackEntry): string {
  const answered = nat ? `answered as ${reply.source} → ${reply.destination}` : 'nothing rewritten';
  return `${host}: ${original.source} → ${original.destination}, ${answered}`;
}

/**
 * A masked entry without the port that netfilter gave the downstream's end of a translated connection: the same as its own,
 * or, where a connection with that one is known already, any other.
 */
export function withoutChosenPort(entry: ConntrackEntry): ConntrackEntry {
  const { original, reply } = entry;
  if (!original.source.endsWith(':<port>')) return entry;
  return { ...entry, reply: { ...reply, destination: reply.destination.replace(/:\d+$/, ':<port>') } };
}

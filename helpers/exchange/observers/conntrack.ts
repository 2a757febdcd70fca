import type { SocketAddress } from '../wire.ts';
import { listObserver, onceEach, sorted } from './observer.ts';

/** Source and destination of one direction of a connection. */
interface Tuple {
  source: SocketAddress;
  destination: SocketAddress;
}

/** A conntrack entry: the tuple of the first packet, and the expected tuple of replies. */
export interface ConntrackEntry {
  host: string;
  protocol: string;
  original: Tuple;
  reply: Tuple;
  /** Whether `reply` differs from the mirror image of `original`. */
  nat: boolean;
}

/** Entries for the connections of an exchange, on the hosts whose rules are observed. */
export const conntrack = listObserver<ConntrackEntry>('conntrack', (entries) => entries.map(describeEntry), {
  // The kernel lists its connections in the order of a hash.
  settle: (masked, circumstances) => sorted(onceEach(masked.map(withoutChosenPort), circumstances)),
});

export function describeEntry({ host, original, reply, nat }: ConntrackEntry): string {
  const answered = nat ? `replies ${reply.source} → ${reply.destination} (NAT)` : 'no NAT';
  return `${host}: ${original.source} → ${original.destination}, ${answered}`;
}

/** Masks the port of the reply destination: netfilter picks another one where it is in use. */
export function withoutChosenPort(entry: ConntrackEntry): ConntrackEntry {
  const { original, reply } = entry;
  if (!original.source.endsWith(':<port>')) return entry;
  return { ...entry, reply: { ...reply, destination: reply.destination.replace(/:\d+$/, ':<port>') } };
}

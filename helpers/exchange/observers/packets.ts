import type { LiveObserver } from './observer.ts';

/** Every packet of every host, ordered by time; captured only where a claim requests it. */
export const packets: LiveObserver<string[]> = { live: true, nothing: [] };

/**
 * Counts the SYNs in a capture that the downstream sent to port 80. The kernel retransmits an
 * unanswered one after a second (RFC 6298). Without a socket for it, a rule captures the
 * retransmitted SYN too.
 */
export function synsSent(packets: string[]): number {
  return packets.filter((line) => /^downstream .*\.80: Flags \[S\]/.test(line)).length;
}

/** Counts the packets in a capture that the downstream sent to port 80, of all of its connections. */
export function packetsSent(packets: string[]): number {
  return packets.filter((line) => /^downstream .*\.80: /.test(line)).length;
}

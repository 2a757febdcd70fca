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

/**
 * Counts the resets in a capture that the downstream received from port 80. On a busy machine, an acknowledgement can
 * arrive after the FIN that was sent after it. A client in TIME_WAIT acknowledges it again (RFC 9293, 3.10.7.4), which
 * meets no socket: a rule for new connections captures it, and the kernel resets it.
 */
export function resetsReceived(packets: string[]): number {
  return packets.filter((line) => /^downstream .* In +IP6? [\da-f.:]+\.80 > .*: Flags \[R\.?\]/.test(line)).length;
}

/** Counts the packets in a capture that the downstream sent to port 80, of all of its connections. */
export function packetsSent(packets: string[]): number {
  return packets.filter((line) => /^downstream .*\.80: /.test(line)).length;
}

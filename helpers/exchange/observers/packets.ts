import type { LiveObserver } from './observer.ts';

/** Every packet of every host, merged by time; observed only where a claim asks for it. */
export const packets: LiveObserver<string[]> = { live: true, nothing: [] };

/**
 * How many SYNs the downstream sent to port 80, by a capture's lines. A kernel repeats one that is not answered within a second
 * (RFC 6298), so a claim that waits for less counts one, unless the machine is too busy to stop waiting in time. No socket takes
 * one that nobody answers, so a rule captures it again.
 */
export function synsSent(packets: string[]): number {
  return packets.filter((line) => /^downstream .*\.80: Flags \[S\]/.test(line)).length;
}

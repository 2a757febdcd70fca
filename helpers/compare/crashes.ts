import type { Observation } from '../exchange/observation.ts';
import type { ClaimRecord } from '../record/record.ts';
import type { Found } from './found.ts';

/** Whether Envoy crashed during an exchange. A record may be older than this kind of observation. */
export function hasCrashed(seen: Observation | undefined): boolean {
  return (seen?.crashes ?? []).length > 0;
}

/** Whether Envoy crashed in a claim: during an exchange, or after the last one. */
export function crashedIn(claim: ClaimRecord | undefined): boolean {
  if (!claim) return false;
  return (
    claim.observations.some(hasCrashed) ||
    /^(\w+: )?(Envoy|the sidecar of \S+) (crashed|exited) \(/.test(claim.error ?? '')
  );
}

/** Whether Envoy crashed in a claim that does not expect it: one that does replaces Envoy in any case. */
export function crashedUnexpectedly(claim: ClaimRecord | undefined): boolean {
  return crashedIn(claim) && claim?.outcome !== 'passed';
}

/**
 * Whether a difference in a later claim follows from a crash on one side: the next Envoy starts
 * without connections, which counters, rules and connection tracking show.
 */
export function followsCrash({ path }: Found): boolean {
  return /^(stats|rules|conntrack)\b/.test(path);
}

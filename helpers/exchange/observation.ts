import { mask, type Roles } from './masking.ts';
import { isTunnel } from './observers/access-log.ts';
import type { Circumstances } from './observers/observer.ts';
import { RECORDED, RECORDED_KINDS, type Recorded, type RecordedKind, type Seen } from './observers/registry.ts';
import { ReplySeen } from './observers/replies.ts';

/**
 * The recorded form of an exchange: random values masked, equal items of parallel requests once, so
 * runs compare equal.
 */
export type Observation = {
  /** The action of the downstream: `GET http://<blue> as uid 1000 by undici`. */
  exchange: string;
  /**
   * The leaves that the claim read, as sorted paths in this observation:
   * `accessLog[0].response_flags`, `replies[0].headers.x-a` (all lines of that header),
   * `stats.cluster.blue.upstream_rq_total`, `rules[0].packets`. Reading the number of items of a
   * list is `received.length`. A path without a value is of something absent. Reads stop at the
   * first failure. Absent in older records.
   */
  read?: string[];
} & Recorded;

/** Reduces and masks an exchange for a record. */
export function observationOf(title: string, seen: Seen, roles: Roles): Observation {
  const circumstances = circumstancesOf(seen);
  return { exchange: mask(title, roles), ...byKind((kind) => recordedOf(kind, seen[kind], circumstances, roles)) };
}

/** Reduces and masks one kind of observation. */
export function recordedOf<K extends RecordedKind>(
  kind: K,
  seen: Seen[K],
  circumstances: Circumstances,
  roles: Roles,
): Recorded[K] {
  const observer = RECORDED[kind];
  return observer.settle(mask(observer.record(seen, circumstances), roles, observer.masks), circumstances);
}

/** The observation of an exchange in which nothing was observed. */
export function emptyObservation(exchange: string): Observation {
  return { exchange, ...byKind((kind) => RECORDED[kind].nothing) };
}

/** Facts of one kind of observation that others depend on. */
export function circumstancesOf({ replies, accessLog }: Pick<Seen | Recorded, 'replies' | 'accessLog'>): Circumstances {
  const endings = replies.map((reply) => (reply instanceof ReplySeen ? reply.raw : reply).ended?.code);
  return { replies: replies.length, tunnelled: accessLog.some(isTunnel), reset: endings.includes('reset') };
}

function byKind(recordedOf: <K extends RecordedKind>(kind: K) => Recorded[K]): Recorded {
  return Object.fromEntries(RECORDED_KINDS.map((kind) => [kind, recordedOf(kind)])) as Recorded;
}

/** The lines of one kind of an observation for a reader; none for a kind that its record does not know. */
export function describedLines<K extends RecordedKind>(seen: Observation, kind: K): string[] {
  const { nothing, describe } = RECORDED[kind];
  return describe(seen[kind] ?? nothing, circumstancesOf(seen));
}

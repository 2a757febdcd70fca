import { mask, type Roles } from './masking.ts';
import { type AccessLogEntry, isTunnel } from './observers/access-log.ts';
import type { Circumstances } from './observers/observer.ts';
import { RECORDED, RECORDED_KINDS, type Recorded, type RecordedKind, type Seen } from './observers/registry.ts';

/**
 * One exchange with what is random masked, so that two runs of the same binary compare equal. Where several requests
 * went out at once, what is the same for all of them stands once.
 */
export type Observation = {
  /** What the downstream did: `GET http://<blue> as uid 1000 by undici`. */
  exchange: string;
} & Recorded;

/** An exchange as a record keeps it. */
export function observationOf(title: string, seen: Seen, roles: Roles): Observation {
  const circumstances = circumstancesOf(seen);
  const record = <K extends RecordedKind>(kind: K): Recorded[K] => {
    const observer = RECORDED[kind];
    const masked = mask(observer.record(seen[kind], circumstances), roles, observer.masks);
    return observer.settle(masked, circumstances);
  };
  return { exchange: mask(title, roles), ...byKind(record) };
}

/** An observation of an exchange that nothing was seen of. */
export function emptyObservation(exchange: string): Observation {
  return { exchange, ...byKind((kind) => RECORDED[kind].nothing) };
}

/** What the kinds of an observation depend on in each other. */
export function circumstancesOf(seen: {
  replies: unknown[];
  received: unknown[];
  accessLog: AccessLogEntry[];
}): Circumstances {
  return {
    replies: seen.replies.length,
    received: seen.received.length > 0,
    tunnelled: seen.accessLog.some(isTunnel),
  };
}

function byKind(recordedOf: <K extends RecordedKind>(kind: K) => Recorded[K]): Recorded {
  return Object.fromEntries(RECORDED_KINDS.map((kind) => [kind, recordedOf(kind)])) as Recorded;
}

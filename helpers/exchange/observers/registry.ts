import { accessLog } from './access-log.ts';
import { accessLogText } from './access-log-text.ts';
import { authzLog } from './authz-log.ts';
import { checks } from './checks.ts';
import { connections } from './connections.ts';
import { conntrack } from './conntrack.ts';
import { crashes } from './crashes.ts';
import { httpChecks, jwksRequests } from './http-calls.ts';
import { limitRequests } from './limit-requests.ts';
import { metadata } from './metadata.ts';
import type { LiveObserver, Observer } from './observer.ts';
import { ownLog } from './own-log.ts';
import { packets } from './packets.ts';
import { received } from './received.ts';
import { replies } from './replies.ts';
import { rules } from './rules.ts';
import { sidecarLog } from './sidecar-log.ts';
import { stats } from './stats.ts';
import { streams } from './streams.ts';

/**
 * Every kind of observation, in the order of records, pages and reports. `Exchange`, `Observation`,
 * pages, reports and `compare` derive from this list; each kind has a collector of the same name in
 * `fixtures/exchange/collectors.ts`.
 */
export const OBSERVERS = {
  ...{
    crashes,
    replies,
    received,
    streams,
    connections,
    checks,
    httpChecks,
    limitRequests,
    jwksRequests,
    authzLog,
    metadata,
    accessLog,
    accessLogText,
    sidecarLog,
    ownLog,
    stats,
    rules,
    conntrack,
    packets,
  },
};
type Observers = typeof OBSERVERS;

export type Kind = keyof Observers;

/** The kinds that a record keeps. */
export type RecordedKind = { [K in Kind]: Observers[K] extends LiveObserver<infer _> ? never : K }[Kind];

/** The observations of an exchange for claims, by kind. */
export type Seen = {
  [K in Kind]: Observers[K] extends Observer<infer Raw, infer _> ? Raw : Observers[K]['nothing'];
};

/** The observations of an exchange in a record, by kind. */
export type Recorded = { [K in RecordedKind]: Observers[K]['nothing'] };

/** The observers of the kinds that a record keeps. */
export const RECORDED: { [K in RecordedKind]: Observer<Seen[K], Recorded[K]> } = OBSERVERS;

export const KINDS = Object.keys(OBSERVERS) as Kind[];

export const RECORDED_KINDS = KINDS.filter((kind): kind is RecordedKind => !('live' in OBSERVERS[kind]));

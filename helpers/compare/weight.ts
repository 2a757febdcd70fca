import type { RecordedKind } from '../exchange/observers/registry.ts';

/** What a difference affects, heaviest first; the position is the weight, from 1. */
export const WEIGHTS = [
  'status, body and headers to either side',
  'requests that upstreams and services receive',
  'access log and warnings',
  'counters',
] as const;

export type Weight = 1 | 2 | 3 | 4;

/** The first part of a difference's path: a kind of observation, or a field of a claim or a chapter. */
type Aspect = RecordedKind | 'outcome' | 'exchange' | 'warnings' | 'log' | 'inventory';

const WEIGHT_OF: Record<Aspect, (path: string) => Weight> = {
  outcome: () => 1,
  exchange: () => 1,
  crashes: () => 1,
  replies: () => 1,
  received: (path) => (/^received\[[^\]]*\]\.headers\./.test(path) ? 1 : 2),
  streams: () => 2,
  connections: () => 3,
  checks: () => 2,
  httpChecks: () => 2,
  limitRequests: () => 2,
  jwksRequests: () => 2,
  authzLog: () => 2,
  metadata: () => 2,
  accessLog: () => 3,
  sidecarLog: () => 3,
  accessLogText: () => 3,
  ownLog: () => 3,
  warnings: () => 3,
  log: () => 3,
  inventory: () => 4,
  stats: () => 4,
  rules: () => 4,
  conntrack: () => 4,
};

/** The weight of a difference by its path: `replies[0].status`, `stats.http.ingress.rq_total`. */
export function weightOf(path: string): Weight {
  const [aspect = ''] = /^\w+/.exec(path) ?? [];
  return isAspect(aspect) ? WEIGHT_OF[aspect](path) : 4;
}

/** `access log and warnings`. */
export function describeWeight(weight: Weight): string {
  return WEIGHTS[weight - 1] ?? '';
}

function isAspect(name: string): name is Aspect {
  return name in WEIGHT_OF;
}

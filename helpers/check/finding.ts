/**
 * The levels of findings, heaviest first. `--fail-on` names one: findings of this level or a heavier
 * one fail the check.
 */
export const LEVELS = [
  'refused',
  'crash',
  'never-live',
  'answer',
  'access',
  'received',
  'tls',
  'deprecation',
  'metric',
  'log',
  'added',
] as const;

export type Level = (typeof LEVELS)[number];

/** What each level is about, for people. */
export const LEVEL_WORDS: Record<Level, string> = {
  refused: 'config that one version refuses',
  crash: 'crash of Envoy',
  'never-live': 'Envoy that never becomes live',
  answer: 'status, headers and body of responses, to either side',
  access: 'access decisions',
  received: 'what upstreams and services receive',
  tls: 'TLS parameters',
  deprecation: 'deprecated fields, removed runtime guards and other new warnings',
  metric: 'stats and Prometheus series that are removed, renamed or count differently',
  log: 'texts of access logs and of Envoy’s log',
  added: 'names that are new',
};

/** Why the versions differ. */
export type Cause =
  | { kind: 'guard'; guard: string; value: boolean }
  | { kind: 'known change'; since: string; what: string; source: string }
  | { kind: 'release notes'; entries: { version: string; area: string; link: string }[] }
  /** Guards were searched without a result. */
  | { kind: 'no guard' };

/** A difference between the two versions, in one place or in many. */
export interface Finding {
  /** Stable for the same difference of the same config: `answer-3f2a91`. */
  code: string;
  level: Level;
  /** Where: a request's title, a field of the config, a metric. */
  place: string;
  /** One line: `503: the body omits the connection failure reason`. */
  what: string;
  /** The value on A; absent where A has none. */
  a?: string;
  b?: string;
  /** The code of a request that shows it; absent for findings without a request. */
  request?: string;
  /** In how many places it occurs. */
  count: number;
  /** Line of the config file, from 1. */
  line?: number;
  cause?: Cause;
  /** The reason of the entry of the accept file that covers it. */
  accepted?: string;
}

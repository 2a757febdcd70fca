import type { EnvoyBuild, Machine } from '../record/record.ts';
import type { Finding } from './finding.ts';

/** A new value for each incompatible change of a field. */
export const CHECK_SCHEMA = 'envoy-big-book/check@1';

/** How one Envoy took the config. */
export interface LoadResult {
  /** The name of the variant: `1.40.0`, an image, a path. */
  envoy: string;
  build?: EnvoyBuild;
  outcome: 'live' | 'refused' | 'crashed' | 'never live';
  /** Why it is not live, in one line. */
  why?: string;
  /** The field of the config that it names: `static_resources.listeners[0].name`. */
  field?: string;
  /** The line of that field in the file, from 1. */
  line?: number;
  ms: number;
}

/** What a check did not see, and why. */
export interface NotSeen {
  kind: 'route' | 'cluster' | 'filter' | 'file' | 'token' | 'known change' | 'listener';
  /** `route admin[2]`. */
  name: string;
  why: string;
}

export interface AskResult {
  /** Requests derived or read; `chosen` of them are within the limit, `sent` of these were sent in time. */
  derived: number;
  chosen: number;
  sent: number;
  /** Requests that reached an upstream on A. */
  reached: number;
  upstreams: { name: string; reached: boolean }[];
  /** Differences of a version against itself, which are left out. */
  noise: number;
  ms: number;
}

/** The result of the check of one config. */
export interface ConfigReport {
  config: string;
  topology: string;
  /** `2 listeners, 5 routes, 2 clusters`. */
  contents: string;
  /** A, then B. */
  loads: LoadResult[];
  /** Absent where no lab was started, because no version is live or a port is not available. */
  ask?: AskResult;
  /** Heaviest first. */
  findings: Finding[];
  notSeen: NotSeen[];
  /** What the harness added to the config, and made for it, a sentence each. */
  added: string[];
  notes: string[];
  /** Options of the check that a replay of a request needs too: `['--rules', 'iptables.sh']`. */
  options?: string[];
  /** Why no request was sent, where the lab did not start though both versions are live. */
  unasked?: string;
  /** One line: why nothing could be compared, or what was found. */
  verdict: string;
}

export interface CheckReport {
  schema: typeof CHECK_SCHEMA;
  id: string;
  started: string;
  command: string;
  machine?: Machine;
  configs: ConfigReport[];
  /** Entries of the accept file that match no finding. */
  staleAccepted: string[];
}

import type { Observation } from './observation.ts';

/** Changes when a field is renamed, removed or means something else; a reader refuses any other value. */
export const RECORD_SCHEMA = 'envoy-big-book/record@1';

/**
 * How a run or a claim ended.
 * - `held`: what must hold held
 * - `failed`: a claim's assertion failed
 * - `skipped`: the kernel or the engine lacks an ability (claims only)
 * - `broken`: set-up or lab trouble, so nothing can be said about the claim
 * - `partial`: everything that ran held, something was skipped (runs only)
 * - `running`: the run has not ended; left in a record, it says that the run was cut off
 */
export type Outcome = 'held' | 'failed' | 'skipped' | 'broken' | 'partial' | 'running';

/** The Envoy that a run met, as it described itself in `/server_info`. */
export interface EnvoyIdentity {
  version: string;
  /** Git commit that the binary was built from, 40 hex digits. */
  commit: string;
  /** The whole version string: `commit/version/state/type/TLS library`. */
  build: string;
  image: string;
  /** Where the binary came from. */
  source: 'official image' | 'release binary' | 'given image';
}

/** An ability of the kernel or the engine, probed with plain sockets. */
export interface Capability {
  name: string;
  available: boolean;
  /** What was seen: why not, or how it was shown. */
  reason: string;
}

export interface Machine {
  kernel: string;
  architecture: string;
  /** `Docker 20.10.24`. */
  engine: string;
  /** `iptables v1.8.11 (nf_tables)`. */
  iptables: string;
  capabilities: Capability[];
}

export interface ClaimRecord {
  title: string;
  outcome: Exclude<Outcome, 'partial'>;
  durationMs: number;
  /** Why it was skipped. */
  reason?: string;
  /** What failed, as printed. */
  error?: string;
  /** The folder of evidence that a failed claim left, relative to the project. */
  evidence?: string;
  observations: Observation[];
}

export interface ChapterRecord {
  slug: string;
  title: string;
  requirement: string;
  topology: string;
  envoyConfig: string;
  /** From the first container's start to the lab's being ready. */
  labStartMs?: number;
  claims: ClaimRecord[];
}

/** One run of the book on one Envoy: the content of `reports/<id>/record.json`. */
export interface RunRecord {
  schema: typeof RECORD_SCHEMA;
  id: string;
  /** ISO 8601, UTC. */
  started: string;
  durationMs: number;
  outcome: Exclude<Outcome, 'skipped'>;
  envoy?: EnvoyIdentity;
  machine?: Machine;
  chapters: ChapterRecord[];
}

import type { Backend } from '../constants/backends.ts';
import type { SandboxName } from '../constants/sandboxes.ts';
import type { Change } from '../envoy/known-changes.ts';
import type { Inventory } from '../envoy/stats-inventory.ts';
import type { Observation } from '../exchange/observation.ts';

/** A new value for each incompatible change of a field. Readers convert version 1's records and reject all others. */
export const RECORD_SCHEMA = 'envoy-big-book/record@3';

/**
 * How a run or a claim ended.
 * - `passed`: every assertion passed
 * - `failed`: an assertion failed
 * - `skipped`: the kernel or the engine lacks a capability (claims only)
 * - `error`: set-up or lab error, so the claim has no result
 * - `partial`: everything that ran passed, something was skipped (runs only)
 * - `running`: the run has not ended; a record that keeps it was cut off
 */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'error' | 'partial' | 'running';

/** The build of an Envoy, from its `/server_info`. */
export interface EnvoyBuild {
  version: string;
  /** Git commit that the binary was built from, 40 hex digits. */
  commit: string;
  /** The whole version string: `commit/version/state/type/TLS library`. */
  fullVersion: string;
  image: string;
  source: 'official image' | 'release binary' | 'given image' | 'given binary';
}

/** A capability of the kernel or the engine, probed with plain sockets. */
export interface Capability {
  name: string;
  available: boolean;
  /** The observation that decided. */
  reason: string;
}

export interface Machine {
  kernel: string;
  architecture: string;
  /** `Docker 20.10.24`. */
  engine: string;
  backend: Backend;
  /** Absent in records of earlier versions, whose labs ran in containers. */
  sandbox?: SandboxName;
  /** The version of the backend's tool: `iptables v1.8.11 (nf_tables)`, `nftables v1.1.3 (…)`. */
  iptables: string;
  capabilities: Capability[];
}

export interface ClaimRecord {
  /** Unique in its chapter. */
  title: string;
  /** The title of its `describe`. */
  group?: string;
  outcome: Exclude<Outcome, 'partial'>;
  durationMs: number;
  /** Its sandbox, where that is not the run's: a claim can need process id namespaces. */
  sandbox?: SandboxName;
  /** Why it was skipped. */
  reason?: string;
  error?: string;
  /** The failure bundle, relative to the project. */
  evidence?: string;
  /** The known changes that its expectation depends on. */
  changes?: Pick<Change, 'since' | 'what' | 'source'>[];
  observations: Observation[];
}

export interface ChapterRecord {
  slug: string;
  /** The fault that was injected; absent outside trials. */
  fault?: string;
  title: string;
  requirement: string;
  topology: string;
  /** Absent where the chapter has no Envoy. */
  envoyConfig?: string;
  /** From the start of the first container until the lab is ready. */
  labStartMs?: number;
  /** Envoy's warnings at its start, each text once, without time and source location. */
  warnings?: string[];
  /**
   * Kinds of warnings, errors and critical messages of every Envoy of the chapter, claims included;
   * absent in older records.
   */
  log?: string[];
  /** The stats and series of the chapter's first Envoy before the first claim; absent in older records. */
  inventory?: Inventory;
  claims: ClaimRecord[];
  /** How many claims of the chapter `-t` left out; absent where none. */
  notSelected?: number;
}

/** The chapters that ran on one Envoy and one machine. */
export interface EnvoyRecord {
  /** Unique in the run: `1.36.4`, an image, `1.36.4 again`. */
  name: string;
  /** Absent where no Envoy started. */
  build?: EnvoyBuild;
  /** The build beside upstreams, where a chapter with sidecars ran on another one. */
  sidecar?: EnvoyBuild;
  machine?: Machine;
  chapters: ChapterRecord[];
}

/** One run on one Envoy or several: the content of `reports/<id>/record.json`. */
export interface RunRecord {
  schema: typeof RECORD_SCHEMA;
  id: string;
  /** ISO 8601, UTC. */
  started: string;
  /** The command that made the run, for a shell; absent in a merged record. */
  command?: string;
  /** The seed of the order of the claims within each file; absent in a merged record. */
  seed?: number;
  durationMs: number;
  outcome: Exclude<Outcome, 'skipped'>;
  /** Oldest version first. */
  envoys: EnvoyRecord[];
  /** Errors outside every claim: a file that does not load, a failed set-up, an unhandled rejection. */
  errors: string[];
}

/** Every claim that was tried on an Envoy, by chapter. */
export function claimsOf({ chapters }: Pick<EnvoyRecord, 'chapters'>): ClaimRecord[] {
  return chapters.flatMap((chapter) => chapter.claims);
}

import { readFile } from 'node:fs/promises';
import type { Backend } from '../constants/backends.ts';
import type { Change } from '../envoy/known-changes.ts';
import type { Observation } from '../exchange/observation.ts';
import { messageOf, UsageError } from '../util/errors.ts';

/** Changes when a field is renamed, removed or means something else; a reader refuses any other value. */
export const RECORD_SCHEMA = 'envoy-big-book/record@2';

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
  /** What loads the rules. */
  backend: Backend;
  /** The same in its tool's own words: `iptables v1.8.11 (nf_tables)`, `nftables v1.1.3 (Commodore Bullmoose #4)`. */
  iptables: string;
  capabilities: Capability[];
}

export interface ClaimRecord {
  /** Unique in its chapter. */
  title: string;
  /** The topic that its file declares it under. */
  group?: string;
  outcome: Exclude<Outcome, 'partial'>;
  durationMs: number;
  /** Why it was skipped. */
  reason?: string;
  /** What failed, as printed. */
  error?: string;
  /** The folder of evidence that a failed claim left, relative to the project. */
  evidence?: string;
  /** The changes of Envoy by which it says one thing for some versions and another for others. */
  changes?: Pick<Change, 'since' | 'what' | 'source'>[];
  observations: Observation[];
}

export interface ChapterRecord {
  slug: string;
  /** The name of the fault that was injected: the record is of a trial. */
  fault?: string;
  title: string;
  requirement: string;
  topology: string;
  /** Absent where the chapter has no Envoy. */
  envoyConfig?: string;
  /** From the first container's start to the lab's being ready. */
  labStartMs?: number;
  /** What Envoy warned of when it started with the chapter's config, each text once, without time and place in its source. */
  warnings?: string[];
  claims: ClaimRecord[];
}

/** What was seen on one Envoy and one machine. */
export interface EnvoyRecord {
  /** What was asked for, and what tells it from the run's others: `1.36.4`, an image, `1.36.4 again`. */
  name: string;
  /** Absent where no chapter got as far as an Envoy. */
  identity?: EnvoyIdentity;
  machine?: Machine;
  chapters: ChapterRecord[];
}

/** One run of the book, on one Envoy or on several: the content of `reports/<id>/record.json`. */
export interface RunRecord {
  schema: typeof RECORD_SCHEMA;
  id: string;
  /** ISO 8601, UTC. */
  started: string;
  /** By which the claims within each file were shuffled; absent in a merged record. */
  seed?: number;
  durationMs: number;
  outcome: Exclude<Outcome, 'skipped'>;
  /** Oldest version first. */
  envoys: EnvoyRecord[];
  /** What went wrong outside every claim, as printed: a file that does not load, a set-up that fails, a rejection that nobody handled. */
  errors: string[];
}

/** Every claim that was tried on an Envoy, in the order of the book. */
export function claimsOf({ chapters }: Pick<EnvoyRecord, 'chapters'>): ClaimRecord[] {
  return chapters.flatMap((chapter) => chapter.claims);
}

/** @throws UsageError if the file is not there, or not a record of this schema */
export async function readRecord(path: string): Promise<RunRecord> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the record ${path}: ${messageOf(error)}`);
  }
  return parseRecord(text, path);
}

/**
 * @param name what an error calls the text
 * @throws UsageError if the text is cut off, no record, or a record of another schema
 */
export function parseRecord(text: string, name = 'the record'): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = messageOf(error).replaceAll(/\s+/g, ' ');
    throw new UsageError(`${name} is not whole JSON (${why}): it was cut off or is something else`);
  }
  if (!isRecordOfThisSchema(value)) {
    const found = JSON.stringify((value as { schema?: unknown } | null)?.schema) ?? 'none';
    throw new UsageError(
      `${name} has schema ${found}, this version reads ${RECORD_SCHEMA}: make the record again with this version`,
    );
  }
  return value;
}

function isRecordOfThisSchema(value: unknown): value is RunRecord {
  return typeof value === 'object' && value !== null && 'schema' in value && value.schema === RECORD_SCHEMA;
}

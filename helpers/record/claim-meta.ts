import type { Change } from '../envoy/known-changes.ts';
import type { Observation } from '../exchange/observation.ts';
import type { ChapterRecord, EnvoyIdentity, Machine } from './record.ts';

/** What a claim hands from the process that ran it to the reporter, as `task.meta.bigbook`. */
export interface ClaimMeta {
  chapter: Omit<ChapterRecord, 'claims'>;
  envoy?: EnvoyIdentity;
  machine?: Machine;
  observations: Observation[];
  /** The folder of evidence that a failed claim left, relative to the project. */
  evidence?: string;
  /** Why the claim could not be tried here: the ability that is missing. */
  skipped?: string;
}

declare module 'vitest' {
  interface TaskMeta {
    bigbook?: ClaimMeta;
    /** The changes of Envoy by which the claim says one thing for some versions and another for others. */
    changes?: Change[];
    /** The claim replaces or stops Envoy. */
    changesEnvoy?: boolean;
  }
}

import type { SandboxName } from '../constants/sandboxes.ts';
import type { Change } from '../envoy/known-changes.ts';
import type { Observation } from '../exchange/observation.ts';
import type { ChapterRecord, EnvoyBuild, Machine } from './record.ts';

/** The data that a claim passes from its worker to the reporter, as `task.meta.bigbook`. */
export interface ClaimMeta {
  chapter: Omit<ChapterRecord, 'claims'>;
  envoy?: EnvoyBuild;
  /** The build beside upstreams, where it is another one. */
  sidecar?: EnvoyBuild;
  machine?: Machine;
  /** Its sandbox, where that is not the run's. */
  sandbox?: SandboxName;
  observations: Observation[];
  /** The failure bundle, relative to the project. */
  evidence?: string;
  /** The missing capability for which the claim was skipped. */
  skipped?: string;
}

declare module 'vitest' {
  interface TaskMeta {
    bigbook?: ClaimMeta;
    /** The known changes that the claim's expectation depends on. */
    changes?: Change[];
    /** The claim replaces or stops Envoy. */
    changesEnvoy?: boolean;
    /** The claim needs hosts with process id namespaces of their own. */
    separatePids?: boolean;
  }
}

import type { CheckEnvironment } from '../../fixtures/check/environment.ts';
import type { Surroundings } from '../../fixtures/world/surroundings.ts';
import type { Coverage } from '../../helpers/check/coverage.ts';
import type { Finding } from '../../helpers/check/finding.ts';
import type { FourRecords } from '../../helpers/check/findings/noise.ts';
import type { CheckInput } from '../../helpers/check/input.ts';
import type { Loaded } from '../../helpers/check/load/loaded.ts';
import type { CheckRequest } from '../../helpers/check/request.ts';
import type { ConfigDump } from '../../helpers/envoy/config-dump.ts';
import type { EnvoyRecord } from '../../helpers/record/record.ts';

/** What a config expects around Envoy, and the requests that are sent. */
export interface Surrounded extends Surroundings {
  /** The config as A runs it. */
  dump: ConfigDump;
  /** All requests, sent or not. */
  derived: CheckRequest[];
}

export interface Asked extends Coverage {
  records: FourRecords;
}

/** The stages of a check that need files, an engine or labs. */
export interface Stages {
  load: (input: CheckInput, environment: CheckEnvironment) => Promise<[Loaded, Loaded]>;
  loadFindings: (a: Loaded, b: Loaded, input: CheckInput) => Finding[];
  surround: (input: CheckInput, dump: ConfigDump, environment: CheckEnvironment) => Promise<Surrounded>;
  /** Sends requests to A, A, B, B. */
  ask: (around: Surrounded, environment: CheckEnvironment) => Promise<Asked>;
  /** Sends requests to B once with each set of guards; undefined where Envoy did not start with one. */
  askWithGuards: (
    around: Surrounded,
    requests: CheckRequest[],
    guards: Record<string, boolean>[],
    environment: CheckEnvironment,
  ) => Promise<(EnvoyRecord | undefined)[]>;
}

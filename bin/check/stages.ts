import type { CheckEnvironment } from '../../fixtures/check/environment.ts';
import type { Coverage } from '../../helpers/check/coverage.ts';
import type { Finding } from '../../helpers/check/finding.ts';
import type { FourRecords } from '../../helpers/check/findings/noise.ts';
import type { CheckInput } from '../../helpers/check/input.ts';
import type { Loaded } from '../../helpers/check/load/loaded.ts';
import type { NotSeen } from '../../helpers/check/report.ts';
import type { CheckRequest } from '../../helpers/check/request.ts';
import type { ConfigDump } from '../../helpers/envoy/config-dump.ts';
import type { EnvoyRecord } from '../../helpers/record/record.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import type { World } from '../../helpers/world/world.ts';

/** What requests of a check meet: the scenario around Envoy. */
export interface Surroundings {
  world: World;
  /** The config as A runs it. */
  dump: ConfigDump;
  /** The scenario of the world, under the user's rules. */
  scenario: Scenario;
  /** All requests, sent or not. */
  derived: CheckRequest[];
  requests: CheckRequest[];
  topology: string;
  notSeen: NotSeen[];
  notes: string[];
}

export interface Asked extends Coverage {
  records: FourRecords;
}

/** The stages of a check that need files, an engine or labs. */
export interface Stages {
  load: (input: CheckInput, environment: CheckEnvironment) => Promise<[Loaded, Loaded]>;
  loadFindings: (a: Loaded, b: Loaded, input: CheckInput) => Finding[];
  surround: (input: CheckInput, dump: ConfigDump, environment: CheckEnvironment) => Promise<Surroundings>;
  /** Sends requests to A, A, B, B. */
  ask: (around: Surroundings, environment: CheckEnvironment) => Promise<Asked>;
  /** Sends requests to B once with each set of guards; undefined where Envoy did not start with one. */
  askWithGuards: (
    around: Surroundings,
    requests: CheckRequest[],
    guards: Record<string, boolean>[],
    environment: CheckEnvironment,
  ) => Promise<(EnvoyRecord | undefined)[]>;
}

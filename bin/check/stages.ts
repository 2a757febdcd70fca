import type { CheckEnvironment } from '../../fixtures/check/environment.ts';
import type { Finding } from '../../helpers/check/finding.ts';
import type { FourRecords } from '../../helpers/check/findings/noise.ts';
import type { CheckInput } from '../../helpers/check/input.ts';
import type { Loaded } from '../../helpers/check/load/loaded.ts';
import type { AskResult, NotSeen } from '../../helpers/check/report.ts';
import type { CheckRequest } from '../../helpers/check/request.ts';
import type { EnvoyRecord } from '../../helpers/record/record.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';

/** What requests of a check meet: the scenario around Envoy. */
export interface Surroundings {
  scenario: Scenario;
  requests: CheckRequest[];
  /** How many requests there are, sent or not. */
  derived: number;
  topology: string;
  notSeen: NotSeen[];
  added: string[];
  notes: string[];
  /** Texts that no output may contain. */
  secrets: string[];
}

export interface Asked {
  records: FourRecords;
  upstreams: AskResult['upstreams'];
  /** Requests that reached an upstream on A. */
  reached: number;
  notSeen: NotSeen[];
}

/** The stages of a check that need files, an engine or labs. */
export interface Stages {
  load: (input: CheckInput, environment: CheckEnvironment) => Promise<[Loaded, Loaded]>;
  loadFindings: (a: Loaded, b: Loaded, input: CheckInput) => Finding[];
  surround: (input: CheckInput, loaded: Loaded, environment: CheckEnvironment) => Promise<Surroundings>;
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

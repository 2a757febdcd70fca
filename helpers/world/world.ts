import type { NotSeen } from '../check/report.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** The lab that a config expects, and what is assumed of it. A chapter's scenario is one written by hand. */
export interface World {
  scenario: Scenario;
  /** The upstream that serves each cluster, by the cluster's name. */
  upstreamOf: Record<string, string>;
  /** Upstreams that requests do not reach: services, and receivers of spans and logs. */
  services: string[];
  /** Those of them that are authorization services over HTTP. */
  httpAuthz: string[];
  /** Clusters that lead a request back to the listener that it came from. */
  loops: string[];
  /** A valid token for each JWT provider, by its name. */
  tokens: Record<string, string>;
  /** Notes for the report, a sentence each. */
  notes: string[];
  notSeen: NotSeen[];
}

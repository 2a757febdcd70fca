import type { Change } from '../envoy/changes/change.ts';
import type { UpstreamSpec } from '../scenario/scenario.ts';

/** The kinds of topology by their names in settings and options. */
export const TOPOLOGIES = ['edge', 'pod', 'router', 'sameHost'] as const;

export type TopologyName = (typeof TOPOLOGIES)[number];

/** In place of a file: the harness makes it. */
export const GENERATED = 'generated';

/** An Envoy config with what it needs around it, under a name. Paths are relative to the project. */
export interface Setup {
  /** A bootstrap in YAML or JSON, or the text of `/config_dump?include_eds` (`*.json`). */
  config: string;
  /** Values of `${VAR}` in the config. */
  env?: Record<string, string>;
  /** Files or folders of this machine by their path in Envoy's container; `generated`: made by the harness. */
  files?: Record<string, string>;
  /** `.http` files or globs. Default: requests that are derived from the config. */
  requests?: string | string[];
  /** A script of iptables commands, iptables-save text or an nft file. */
  rules?: string;
  /** Default: the one that the rules need. */
  topology?: TopologyName;
  /** User ids of Envoy and of the app. */
  uids?: { envoy?: number; app?: number };
  /** How upstreams answer, by the name of their cluster. */
  upstreams?: Record<string, Pick<UpstreamSpec, 'answers'>>;
}

/** The settings of a project, `bigbook.config.ts`. */
export interface BigbookConfig {
  /** The Envoy versions to compare, the one in use first. */
  envoys?: string[];
  setups?: Record<string, Setup>;
  /** Differences that are accepted, each with a reason: a YAML file. */
  accept?: string;
  /** The project's own known changes. */
  changes?: Change[];
}

/** Names the type of the settings, so that editors complete them. */
export function defineConfig(config: BigbookConfig): BigbookConfig {
  return config;
}

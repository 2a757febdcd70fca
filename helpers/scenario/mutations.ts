import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../constants/project.mjs';
import { type ConfigLeaf, leavesOf } from '../envoy/config-change.ts';
import { commentsOf } from '../netfilter/rules.ts';
import { config, type Fault, faulted, withoutRouting, withoutRule } from './faults.ts';
import type { FaultedScenario, Scenario } from './scenario.ts';

/**
 * Faults that nobody had to think of, by name: a scenario without each of its rules, without each of its `ip` commands,
 * and with each scalar of its Envoy config otherwise: a switch turned, a number one higher, an address another one, a word
 * that a field may have another one, a text that is compared, written or referred to with a letter more, any other left out.
 *
 * Left alone are types, without which Envoy reads no config; names and
 * what refers to them, which Envoy either does not go by or refuses where nothing has them; and what another chapter has alike, be it a whole config, which is altered there once for all.
 */
export function sweepOf(scenario: Scenario): Record<string, Fault> {
  const { slug, netfilter, netfilter6, routing, topology, envoy } = scenario;
  const rulesets = [netfilter, netfilter6, ...Object.values(topology.upstreams).map((spec) => spec.netfilter ?? '')];
  const comments = [...new Set(rulesets.flatMap(commentsOf))];
  const leaves = envoy?.config === `${slug}.yaml` ? readLeaves(envoy.config) : [];
  const own = leaves.filter((leaf) => !LEFT_ALONE.test(leaf.path) && !provenElsewhere(leaf, scenario));
  return Object.fromEntries([
    ...comments.map((comment) => [`no rule "${comment}"`, withoutRule(comment)]),
    ...routing.map((command) => [`no "ip ${command}"`, withoutRouting(command)]),
    ...own.map((leaf) => [nameOf(leaf), config(changeOf(leaf))]),
  ]);
}

/**
 * A scenario with one fault of its sweep put in.
 *
 * @throws where its sweep has no such fault
 */
export function swept<U extends string>(scenario: Scenario<U>, name: string): FaultedScenario<U> {
  const fault = sweepOf(scenario)[name];
  if (!fault) throw new Error(`the sweep of ${scenario.slug} has no fault "${name}"`);
  return faulted(scenario, name, fault);
}

/** Why it does not matter that no claim notices a fault, for faults that several chapters have. */
export interface SharedReason {
  /** Matches the faults' names. */
  fault: RegExp;
  reason: string;
}

export const SHARED_REASONS: SharedReason[] = [
  {
    fault: /\.(cleanup_interval|dns_min_refresh_rate) is not there$/,
    reason:
      'what Envoy does by itself shows after 5 s at the earliest, and is said so that no slow lab is the one where it does',
  },
  {
    fault: /^static_resources\.clusters\.\d+\.type is not there$/,
    reason: 'STATIC is the default, and said because a reader has no reason to know that',
  },
  {
    fault: /\.transport_api_version is not there$/,
    reason: 'the only version that there is; Envoy asks for it in its documentation, and does without',
  },
];

/** Why no claim can detect a fault, where the chapter or the list above has a reason. */
export function excuseOf(accepted: Record<string, string>, fault: string): string | undefined {
  return accepted[fault] ?? SHARED_REASONS.find((shared) => shared.fault.test(fault))?.reason;
}

const LEFT_ALONE = /(^|\.)(@type|name)$|\.(route\.cluster|cluster_name)$/;

/** What chapters may have alike: the names of counters, where Envoy listens, how long it tries to connect. */
const ALIKE = /\.stat_prefix$|\.address\.socket_address\.address$|\.connect_timeout$/;

/** The chapter whose sweep alters that, and the one that does so for the counters of a TCP proxy. */
const PROVER = { slug: 'simple-front-proxy', config: 'simple-front-proxy.yaml' };
const PROVER_OF_TCP = { slug: 'tcp-proxy', part: /\.stat_prefix$/ };

function provenElsewhere(leaf: ConfigLeaf, { slug, routing }: Scenario): boolean {
  if (slug === PROVER.slug || !ALIKE.test(leaf.path)) return false;
  // TPROXY looks for a socket of its own by the address.
  if (routing.length > 0 && leaf.path.endsWith('.address')) return false;
  if (slug === PROVER_OF_TCP.slug && PROVER_OF_TCP.part.test(leaf.path)) return false;
  return readLeaves(PROVER.config).some((other) => kindOf(other) === kindOf(leaf) && other.value === leaf.value);
}

/** The path of a leaf, whichever listener, cluster or endpoint it is of. */
function kindOf({ path }: ConfigLeaf): string {
  return path.replaceAll(/\.\d+(?=\.|$)/g, '');
}

function readLeaves(file: string): ConfigLeaf[] {
  return leavesOf(readFileSync(join(projectRoot, 'envoy-configs', file), 'utf8'));
}

/** Texts that Envoy compares with those of a request, writes, or looks up. */
const COMPARED_OR_WRITTEN =
  /(^|\.)(prefix|path|exact|regex|key|value|remove|inline_string|prefix_rewrite|upgrade_type|stat_prefix|cluster|address|domains\.\d+)$/;

/** What stands in the place of a text, where leaving it out may be the same or where a letter more would be no such thing. */
const OTHER: Record<string, string> = {
  '0.0.0.0': '127.0.0.1',
  '::': '::1',
  '127.0.0.1': '127.0.0.2',
  APPEND_IF_EXISTS_OR_ADD: 'OVERWRITE_IF_EXISTS_OR_ADD',
  AUTO: 'HTTP1',
  V4_ONLY: 'V6_ONLY',
  V4_PREFERRED: 'V6_ONLY',
  ServiceUnavailable: 'BadGateway',
};

/** What stands in a leaf's place; undefined where it is left out. */
function otherwise({ path, value }: ConfigLeaf): boolean | number | string | undefined {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (value === null) return undefined;
  return OTHER[value] ?? (COMPARED_OR_WRITTEN.test(path) ? `${value}x` : undefined);
}

function nameOf(leaf: ConfigLeaf): string {
  const other = otherwise(leaf);
  return `${leaf.path} is ${other === undefined ? 'not there' : JSON.stringify(other)}`;
}

function changeOf(leaf: ConfigLeaf): Parameters<typeof config>[0] {
  const other = otherwise(leaf);
  return other === undefined ? { delete: [leaf.path] } : { set: { [leaf.path]: other } };
}

import { type ConfigLeaf, leavesOf } from '../envoy/config-change.ts';
import { labelOf } from '../envoy/select.ts';
import { commentsOf } from '../netfilter/rules.ts';
import { config, type Fault, faulted, withoutRouting, withoutRule } from './faults.ts';
import type { FaultedScenario, Scenario } from './scenario.ts';

/** A fault that is derived from a scenario. */
interface Mutation {
  fault: Fault;
  /** Equal for the same mutation of several chapters: one chapter has to detect it. */
  alike?: string;
}

/**
 * The mutations of a scenario by name: each rule and `ip` command removed, each scalar of its Envoy
 * config changed: a boolean negated, a number incremented, an address or enum replaced, a compared
 * or written text extended by a letter, any other text removed.
 *
 * Types, names and references stay: Envoy would reject the config, or ignore the change. A config
 * with the name of another chapter is mutated there. Mutations that several chapters share come
 * last.
 *
 * @param yaml the Envoy config
 */
export function sweepOf(scenario: Scenario, yaml: string | undefined): Record<string, Mutation> {
  const { slug, netfilter, netfilter6, routing, topology, envoy } = scenario;
  const rulesets = [netfilter, netfilter6, ...Object.values(topology.upstreams).map((spec) => spec.netfilter ?? '')];
  const comments = [...new Set(rulesets.flatMap(commentsOf))];
  const leaves = yaml === undefined || envoy?.config !== `${slug}.yaml` ? [] : leavesOf(yaml);
  const mutations = leaves
    .filter(({ keys }) => !LEFT_ALONE.test(keys))
    .map((leaf): [string, Mutation] => {
      const alike = hasAlike(leaf, scenario) ? `${leaf.at?.kind} ${leaf.keys}: ${leaf.value}` : undefined;
      return [nameOf(leaf), { fault: config(changeOf(leaf)), ...(alike !== undefined && { alike }) }];
    });
  return Object.fromEntries([
    ...comments.map((comment): [string, Mutation] => [`no rule "${comment}"`, { fault: withoutRule(comment) }]),
    ...routing.map((command): [string, Mutation] => [`no "ip ${command}"`, { fault: withoutRouting(command) }]),
    ...mutations.filter(([, { alike }]) => alike === undefined),
    ...mutations.filter(([, { alike }]) => alike !== undefined),
  ]);
}

/** The function that makes a scenario with one mutation of `sweepOf`, by its name; it throws where there is none. */
export function sweeper<U extends string>(
  scenario: Scenario<U>,
  yaml: string | undefined,
): (name: string) => FaultedScenario<U> {
  const mutations = sweepOf(scenario, yaml);
  return (name) => {
    const mutation = mutations[name];
    if (!mutation) throw new Error(`the sweep of ${scenario.slug} has no fault "${name}"`);
    return faulted(scenario, name, mutation.fault);
  };
}

/** Why no claim has to detect faults that several chapters have; `fault` matches their names. */
export const SHARED_REASONS: { fault: RegExp; reason: string }[] = [
  {
    fault: /[ .](cleanup_interval|dns_min_refresh_rate) is not there$/,
    reason: 'the default interval is 5 s or more; the config sets it so that a slow lab does not reach it',
  },
  {
    fault: /[ .]connect_timeout is not there$/,
    reason: 'the default is 5 s; the config shortens the time for which a claim waits',
  },
  {
    fault: /[ .]stat_prefix is "/,
    reason: 'comparisons of versions show the counters of this name; claims read those of others',
  },
  {
    fault: /[ .]delayed_close_timeout is not there$/,
    reason: 'the default is 1 s; the config shortens the time for which Envoy waits until a client closes',
  },
  {
    fault: /\.match_type is not there$/,
    reason: 'INCLUDE_ALL is the default; the config names it for readers',
  },
  {
    fault: /\.comparison\.value\.runtime_key is not there$/,
    reason: 'the runtime has no value for the key, so that the default of the config applies either way',
  },
  {
    fault: /\.(percentage|default_value)\.numerator is 101$/,
    reason: 'every request is chosen at 100 % and above',
  },
  {
    fault: /^cluster \S+: type is not there$/,
    reason: 'STATIC is the default; the config names it for readers',
  },
  {
    fault: /\.transport_api_version is not there$/,
    reason: 'V3 is the only version; Envoy documents the field as required and accepts its absence',
  },
];

/** The reason why no claim can detect a fault, where the chapter or the list above has one. */
export function acceptedReason(accepted: Record<string, string>, fault: string): string | undefined {
  return accepted[fault] ?? SHARED_REASONS.find((shared) => shared.fault.test(fault))?.reason;
}

const LEFT_ALONE = /(^|\.)(@type|name)$|\.(route\.cluster|cluster_name)$/;

/** Fields that chapters share: names of counters, listener addresses, connect timeouts. */
const ALIKE = /\.stat_prefix$|\.address\.socket_address\.address$|\.connect_timeout$/;

function hasAlike({ keys }: ConfigLeaf, { routing }: Scenario): boolean {
  // TPROXY finds the socket by the listener's address.
  return ALIKE.test(keys) && !(routing.length > 0 && keys.endsWith('.address'));
}

/** Fields whose text Envoy compares with a request, writes, or looks up. */
const COMPARED_OR_WRITTEN =
  /(^|\.)(prefix|path|exact|regex|key|value|remove|inline_string|prefix_rewrite|upgrade_type|stat_prefix|cluster|address|domains)$/;

/** Replacements for texts that may equal the default, or that are invalid with another letter. */
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

/** A leaf's new value; undefined where the leaf is removed. */
function mutated({ keys, value }: ConfigLeaf): boolean | number | string | undefined {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (value === null) return undefined;
  return OTHER[value] ?? (COMPARED_OR_WRITTEN.test(keys) ? `${value}x` : undefined);
}

function nameOf(leaf: ConfigLeaf): string {
  const other = mutated(leaf);
  const place = leaf.at ? `${labelOf(leaf.at)}: ${leaf.path}` : leaf.path;
  return `${place} is ${other === undefined ? 'not there' : JSON.stringify(other)}`;
}

function changeOf(leaf: ConfigLeaf): Parameters<typeof config>[0] {
  const { at, path } = leaf;
  const other = mutated(leaf);
  return { ...(at && { at }), ...(other === undefined ? { delete: [path] } : { set: { [path]: other } }) };
}

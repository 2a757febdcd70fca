import type { IDENTITY_CAPABILITIES } from '../constants/capabilities.ts';
import type { ConfigChange } from '../envoy/config-change.ts';
import type { Change } from '../envoy/known-changes.ts';
import type { AuthzAnswer, IdentityFault, UpstreamFault } from '../exchange/stub-calls.ts';
import {
  changedRule as ruleChanged,
  withoutRule as ruleDropped,
  swappedRules as rulesSwapped,
  addedRule as withRule,
} from '../netfilter/rules.ts';
import type { AuthzFault } from './authz-fault.ts';
import type { EnvoySpec, FaultedScenario, MetadataSpec, Scenario, Stubs, UpstreamSpec } from './scenario.ts';

type Family = 'ipv4' | 'ipv6';

/** A chapter's faults by name. The claims have to detect each of them. */
export type Faults = Record<string, DeclaredFault>;

/** A fault that is injected into a scenario, or into what the claims know of Envoy's versions. */
export type DeclaredFault = (
  | { /** Several are one only together. */ fault: Fault | Fault[] }
  | { /** Its `since` is taken to be a version that lacks the change, or a later one. */ misdated: Change }
) & {
  /** Why claims fail under it, and others do not. */
  why: string;
};

/** Makes the scenario that has the fault of one that has not; throws where nothing of it would change. */
export type Fault = (scenario: Scenario) => Scenario;

/**
 * A scenario with a fault injected.
 *
 * @param name the fault's
 * @throws where the fault would change nothing
 */
export function faulted<U extends string>(
  sound: Scenario<U>,
  name: string,
  fault: Fault | Fault[],
): FaultedScenario<U> {
  const scenario = [fault].flat().reduce<Scenario>((made, each) => each(made), sound);
  return { ...(scenario as Scenario<U>), fault: name };
}

/** Without the rule that carries this comment, of whichever host; of both families unless one is named. */
export function withoutRule(comment: string, family?: Family): Fault {
  return rules((ruleset) => ruleDropped(ruleset, comment), comment, family);
}

/** With another text in place of a part of the rule that carries this comment, of whichever host; families as above. */
export function changedRule(comment: string, from: string, to: string, family?: Family): Fault {
  return rules((ruleset) => ruleChanged(ruleset, comment, from, to), comment, family);
}

/** With two rules in each other's place. */
export function swappedRules(one: string, other: string): Fault {
  return rules((ruleset) => rulesSwapped(ruleset, one, other), one);
}

/**
 * With a further rule in a table: `addedRule('nat', '-A POSTROUTING -o to-blue -j MASQUERADE')`; `-I` puts it first.
 *
 * @param at the host: Envoy's, or that of the upstream with this name
 */
export function addedRule(
  table: string,
  rule: string,
  { at, family = 'ipv4' }: { at?: string; family?: Family } = {},
): Fault {
  return (scenario) => {
    const added = (ruleset: string): string => withRule(ruleset, table, rule);
    if (at !== undefined) {
      return upstreamChanged(scenario, at, (spec) => ({ ...spec, netfilter: added(spec.netfilter ?? '') }));
    }
    const key = family === 'ipv4' ? 'netfilter' : 'netfilter6';
    return { ...scenario, [key]: added(scenario[key]) };
  };
}

/** Without one of the scenario's `ip` commands. */
export function withoutRouting(command: string): Fault {
  return (scenario) => {
    need(scenario, scenario.routing.includes(command), `routing "${command}"`);
    return { ...scenario, routing: scenario.routing.filter((known) => known !== command) };
  };
}

/** With another `ip` command in place of one of the scenario's. */
export function changedRouting(from: string, to: string): Fault {
  return (scenario) => {
    need(scenario, scenario.routing.includes(from) && from !== to, `other routing "${from}"`);
    return { ...scenario, routing: scenario.routing.map((command) => (command === from ? to : command)) };
  };
}

/** With a kernel setting of Envoy's host. */
export function sysctl(name: string, value: string): Fault {
  return (scenario) => {
    const { topology } = scenario;
    need(scenario, topology.sysctls[name] !== value, `other ${name}`);
    return { ...scenario, topology: { ...topology, sysctls: { ...topology.sysctls, [name]: value } } };
  };
}

/** With an Envoy config that is changed. A claim that changes it too does so on top of this. */
export function config(change: ConfigChange): Fault {
  return (scenario) => envoyChanged(scenario, ({ changes = [] }) => ({ changes: [...changes, change] }));
}

/** With an Envoy that runs as another user, or with other capabilities. */
export function envoyRunsWith(change: Pick<EnvoySpec, 'uid'> | Required<Pick<EnvoySpec, 'capabilities'>>): Fault {
  return (scenario) => envoyChanged(scenario, () => change);
}

/** With an upstream that does something otherwise than it should. */
export function upstream(name: string, fault: UpstreamFault): Fault {
  return (scenario) => upstreamChanged(scenario, name, (spec) => ({ ...spec, fault: { ...spec.fault, ...fault } }));
}

/** With a resolver that answers a name with the address of another upstream than it should. */
export function resolves(name: string, to: string): Fault {
  return (scenario) => {
    need(scenario, to in scenario.topology.upstreams && name !== to, `upstream "${to}"`);
    return { ...scenario, names: { ...scenario.names, [name]: to } };
  };
}

/** With an authorization stub that answers something else. */
export function authz(answer: AuthzAnswer): Fault {
  return (scenario) => {
    need(scenario, scenario.stubs.authz !== undefined, 'authorization stub');
    return { ...scenario, stubs: { ...scenario.stubs, authz: answer } };
  };
}

/** With an authorization stub that answers otherwise than it is told to, by the scenario or by a claim. */
export function authzFault(fault: AuthzFault): Fault {
  return (scenario) => {
    need(scenario, scenario.stubs.authz !== undefined, 'authorization stub');
    return { ...scenario, stubs: { ...scenario.stubs, authzFault: { ...scenario.stubs.authzFault, ...fault } } };
  };
}

/** With an authorization stub that tells identities otherwise than it should, whatever a claim lets it answer. */
export function identity(fault: IdentityFault): Fault {
  return (scenario) =>
    identityChanged(scenario, ({ identityFault }) => ({ identityFault: { ...identityFault, ...fault } }));
}

/** With an authorization stub without a capability that it needs to look into the processes of others. */
export function identityLacks(capability: (typeof IDENTITY_CAPABILITIES)[number]): Fault {
  return (scenario) => identityChanged(scenario, () => ({ identityLacks: [capability] }));
}

/** With a metadata service that is otherwise. */
export function metadata(change: Partial<MetadataSpec>): Fault {
  return (scenario) => {
    const { metadata: spec } = scenario.stubs;
    need(scenario, spec !== undefined, 'metadata service');
    return spec ? { ...scenario, stubs: { ...scenario.stubs, metadata: { ...spec, ...change } } } : scenario;
  };
}

/** Changes every ruleset of the family that has the rule; throws where none has. An upstream's are of IPv4. */
function rules(change: (ruleset: string) => string, comment: string, only?: Family): Fault {
  return (scenario) => {
    let found = false;
    const changed = (ruleset: string, family: Family = 'ipv4'): string => {
      if (!ruleset.includes(comment) || (only ?? family) !== family) return ruleset;
      found = true;
      return change(ruleset);
    };
    const upstreams = Object.entries(scenario.topology.upstreams).map(([name, spec]) => [
      name,
      spec.netfilter === undefined ? spec : { ...spec, netfilter: changed(spec.netfilter) },
    ]);
    const faulty: Scenario = {
      ...scenario,
      netfilter: changed(scenario.netfilter),
      netfilter6: changed(scenario.netfilter6, 'ipv6'),
      topology: { ...scenario.topology, upstreams: Object.fromEntries(upstreams) },
    };
    need(scenario, found, `rule with the comment "${comment}"`);
    return faulty;
  };
}

function envoyChanged(scenario: Scenario, change: (spec: EnvoySpec) => Partial<EnvoySpec>): Scenario {
  const { envoy } = scenario;
  if (!envoy) throw new Error(`${scenario.slug} has no Envoy to change`);
  return { ...scenario, envoy: { ...envoy, ...change(envoy) } };
}

function identityChanged(scenario: Scenario, change: (stubs: Stubs) => Partial<Stubs>): Scenario {
  const { stubs } = scenario;
  need(scenario, stubs.authz !== undefined && 'identity' in stubs.authz, 'authorization stub that tells identities');
  return { ...scenario, stubs: { ...stubs, ...change(stubs) } };
}

function upstreamChanged(scenario: Scenario, name: string, change: (spec: UpstreamSpec) => UpstreamSpec): Scenario {
  const { topology } = scenario;
  const spec = topology.upstreams[name];
  if (!spec) throw new Error(`${scenario.slug} has no upstream "${name}" to change`);
  return {
    ...scenario,
    topology: { ...topology, upstreams: { ...topology.upstreams, [name]: change(spec) } },
  };
}

function need({ slug }: Scenario, there: boolean, what: string): void {
  if (!there) throw new Error(`${slug} has no ${what} to change`);
}

import type { IDENTITY_CAPABILITIES } from '../constants/capabilities.ts';
import type { ConfigChange } from '../envoy/config-change.ts';
import type { Change } from '../envoy/known-changes.ts';
import type { AuthzAnswer, HttpAnswer, IdentityFault, RateLimitAnswer, UpstreamFault } from '../exchange/stub-calls.ts';
import {
  changedRule as ruleChanged,
  withoutRule as ruleDropped,
  swappedRules as rulesSwapped,
  addedRule as withRule,
} from '../netfilter/rules.ts';
import { allOf } from './answers-by-key.ts';
import type { AuthzFault } from './authz-fault.ts';
import type { EnvoySpec, FaultedScenario, MetadataSpec, Scenario, Stubs, UpstreamSpec } from './scenario.ts';
import type { StubFault } from './stub-fault.ts';

type Family = 'ipv4' | 'ipv6';

/** A chapter's faults by name. The claims have to detect each of them. */
export type Faults = Record<string, DeclaredFault>;

/**
 * A fault that is injected into a scenario, or into the known changes that the claims depend on.
 */
export type DeclaredFault = (
  | { /** Several are injected together. */ fault: Fault | Fault[] }
  | { /** The change is dated to a version that lacks it, or to a later one. */ misdated: Change }
) & {
  /** Why claims fail under it, and others do not. */
  why: string;
};

/** Returns the scenario with the fault. @throws where nothing would change */
export type Fault = (scenario: Scenario) => Scenario;

/** A scenario with the fault of this name injected. @throws where the fault would change nothing */
export function faulted<U extends string>(
  sound: Scenario<U>,
  name: string,
  fault: Fault | Fault[],
): FaultedScenario<U> {
  const scenario = [fault].flat().reduce<Scenario>((made, each) => each(made), sound);
  return { ...(scenario as Scenario<U>), fault: name };
}

/** Removes the rule with this comment from every host, in both families unless one is named. */
export function withoutRule(comment: string, family?: Family): Fault {
  return rules((ruleset) => ruleDropped(ruleset, comment), comment, family);
}

/**
 * Replaces a part of the rule with this comment on every host, in both families unless one is
 * named.
 */
export function changedRule(comment: string, from: string, to: string, family?: Family): Fault {
  return rules((ruleset) => ruleChanged(ruleset, comment, from, to), comment, family);
}

/** Swaps two rules, named by their comments. */
export function swappedRules(one: string, other: string): Fault {
  return rules((ruleset) => rulesSwapped(ruleset, one, other), one);
}

/**
 * Adds a rule to a table: `addedRule('nat', '-A POSTROUTING -o to-blue -j MASQUERADE')`; `-I`:
 * first.
 *
 * @param at the upstream whose host gets the rule; Envoy's host by default
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

/** Removes one of the scenario's `ip` commands. */
export function withoutRouting(command: string): Fault {
  return (scenario) => {
    need(scenario, scenario.routing.includes(command), `routing "${command}"`);
    return { ...scenario, routing: scenario.routing.filter((known) => known !== command) };
  };
}

/** Replaces one of the scenario's `ip` commands. */
export function changedRouting(from: string, to: string): Fault {
  return (scenario) => {
    need(scenario, scenario.routing.includes(from) && from !== to, `other routing "${from}"`);
    return { ...scenario, routing: scenario.routing.map((command) => (command === from ? to : command)) };
  };
}

/** Changes a kernel setting of Envoy's host. */
export function sysctl(name: string, value: string): Fault {
  return (scenario) => {
    const { topology } = scenario;
    need(scenario, topology.sysctls[name] !== value, `other ${name}`);
    return { ...scenario, topology: { ...topology, sysctls: { ...topology.sysctls, [name]: value } } };
  };
}

/** Changes the Envoy config. A claim's own changes apply on top. */
export function config(change: ConfigChange): Fault {
  return (scenario) => envoyChanged(scenario, ({ changes = [] }) => ({ changes: [...changes, change] }));
}

/** Runs Envoy as another user, or with other capabilities. */
export function envoyRunsWith(change: Pick<EnvoySpec, 'uid'> | Required<Pick<EnvoySpec, 'capabilities'>>): Fault {
  return (scenario) => envoyChanged(scenario, () => change);
}

/** Makes an upstream misbehave. */
export function upstream(name: string, fault: UpstreamFault): Fault {
  return (scenario) => upstreamChanged(scenario, name, (spec) => ({ ...spec, fault: { ...spec.fault, ...fault } }));
}

/** Makes the resolver answer a name with the address of another upstream. */
export function resolves(name: string, to: string): Fault {
  return (scenario) => {
    need(scenario, to in scenario.topology.upstreams && name !== to, `upstream "${to}"`);
    return { ...scenario, names: { ...scenario.names, [name]: to } };
  };
}

/** Replaces the configured answer of the authorization stub. */
export function authz(answer: AuthzAnswer): Fault {
  return stubsChanged('authorization stub', ({ authz }) => authz && { authz: answer });
}

/** Changes every answer of the authorization stub, those that a claim configures too. */
export function authzFault(fault: AuthzFault): Fault {
  return stubsChanged(
    'authorization stub',
    ({ authz, authzFault }) => authz && { authzFault: { ...authzFault, ...fault } },
  );
}

/** Changes every answer of the HTTP authorization service, those that a claim configures too. */
export function httpAuthz(fault: StubFault<HttpAnswer>): Fault {
  return stubsChanged('HTTP authorization service', ({ httpAuthz }) => httpAuthz && { httpAuthzFault: fault });
}

/** Changes every answer of the rate limit service, those that a claim configures too. */
export function rateLimit(fault: StubFault<RateLimitAnswer>): Fault {
  return stubsChanged('rate limit service', ({ rateLimit }) => rateLimit && { rateLimitFault: fault });
}

/** Changes every answer of the JWKS server, those that a claim configures too. */
export function jwks(fault: StubFault<HttpAnswer>): Fault {
  return stubsChanged('JWKS server', ({ jwks }) => jwks && { jwksFault: fault });
}

/** Makes the authorization stub report wrong identities, whatever answer a claim configures. */
export function identity(fault: IdentityFault): Fault {
  return identityChanged(({ identityFault }) => ({ identityFault: { ...identityFault, ...fault } }));
}

/** Takes a capability from the authorization stub that it needs to inspect processes of others. */
export function identityLacks(capability: (typeof IDENTITY_CAPABILITIES)[number]): Fault {
  return identityChanged(() => ({ identityLacks: [capability] }));
}

/** Changes the metadata service. */
export function metadata(change: Partial<MetadataSpec>): Fault {
  return stubsChanged('metadata service', ({ metadata }) => metadata && { metadata: { ...metadata, ...change } });
}

/**
 * Changes every ruleset of the family with the rule; upstreams have IPv4.
 *
 * @throws where none has it
 */
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
    const topology = { ...scenario.topology, upstreams: Object.fromEntries(upstreams) };
    const netfilter = changed(scenario.netfilter);
    const netfilter6 = changed(scenario.netfilter6, 'ipv6');
    need(scenario, found, `rule with the comment "${comment}"`);
    return { ...scenario, netfilter, netfilter6, topology };
  };
}

function envoyChanged(scenario: Scenario, change: (spec: EnvoySpec) => Partial<EnvoySpec>): Scenario {
  const { envoy } = scenario;
  if (!envoy) throw new Error(`${scenario.slug} has no Envoy to change`);
  return { ...scenario, envoy: { ...envoy, ...change(envoy) } };
}

/** @param change returns undefined where the scenario has no such stub */
function stubsChanged(what: string, change: (stubs: Stubs) => Partial<Stubs> | undefined): Fault {
  return (scenario) => {
    const changed = change(scenario.stubs);
    need(scenario, changed !== undefined, what);
    return { ...scenario, stubs: { ...scenario.stubs, ...changed } };
  };
}

function identityChanged(change: (stubs: Stubs) => Partial<Stubs>): Fault {
  return stubsChanged('authorization stub with identity headers', (stubs) =>
    stubs.authz && allOf(stubs.authz).some((answer) => 'identity' in answer) ? change(stubs) : undefined,
  );
}

function upstreamChanged(scenario: Scenario, name: string, change: (spec: UpstreamSpec) => UpstreamSpec): Scenario {
  const { topology } = scenario;
  const spec = topology.upstreams[name];
  if (!spec) throw new Error(`${scenario.slug} has no upstream "${name}" to change`);
  return { ...scenario, topology: { ...topology, upstreams: { ...topology.upstreams, [name]: change(spec) } } };
}

function need({ slug }: Scenario, there: boolean, what: string): void {
  if (!there) throw new Error(`${slug} has no ${what} to change`);
}

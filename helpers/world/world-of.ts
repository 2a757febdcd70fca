import { parseConfig } from '../check/input/config-document.ts';
import type { CheckInput } from '../check/input.ts';
import { nodeArguments } from '../check/load/overlay.ts';
import type { NotSeen } from '../check/report.ts';
import { isLoopback } from '../constants/addresses.ts';
import type { ConfigDump } from '../envoy/config-dump.ts';
import {
  type EnvoySpec,
  edge,
  type Scenario,
  type StubPlace,
  scenario,
  type UpstreamSpec,
} from '../scenario/scenario.ts';
import type { Authority } from '../util/authority.ts';
import { given } from '../util/given.ts';
import { type JsonObject, objectsIn, textAt } from '../util/json.ts';
import { type SigningKey, signingKey } from '../util/jwt.ts';
import { adminAddressOf, adminPortFor } from './admin-address.ts';
import { AUTHZ, HTTP_AUTHZ, RATE_LIMIT } from './denials.ts';
import { type Group, groupsOf } from './groups.ts';
import { HostNames } from './host-addresses.ts';
import { isOf, messagesIn } from './messages.ts';
import { loopsIn, ownSockets } from './own-listeners.ts';
import { privilegesOf } from './privileges.ts';
import { type Tokens, tokensOf } from './tokens.ts';
import { validationsOf } from './upstream-tls.ts';
import { type Use, usesOf } from './uses.ts';
import type { World } from './world.ts';

export interface WorldOptions {
  /** The name of the scenario. Default: that of the input. */
  slug?: string;
  /** The issuer of the certificates of upstreams and downstreams. */
  authority?: Pick<Authority, 'certificate'>;
  /** Changes of how Envoy runs. */
  envoy?: Partial<Pick<EnvoySpec, 'uid' | 'capabilities' | 'args'>>;
  /** Default: now. */
  nowS?: number;
}

/** Derives the lab that a config expects from what Envoy runs. */
export function worldOf(loaded: ConfigDump, input: CheckInput, options: WorldOptions = {}): World {
  const dump = withOwnPaths(loaded);
  const notSeen: NotSeen[] = [];
  const notes: string[] = [];
  const hosts = new HostNames();
  const sockets = ownSockets(dump);
  const addresses = [...new Set(sockets.map(({ address }) => address).filter((address) => !isLoopback(address)))];
  const own = adminAddressOf(input.text);
  const adminPort = adminPortFor(input.text, portsNamed(dump));
  const uses = usesOf(dump);
  const { groups, elsewhere } = groupsOf(dump, uses, hosts, {
    ...{ sockets, addresses, adminPort },
    ...given({ adminSocket: own.socket }),
  });
  const loops = loopsIn(dump, elsewhere.own);
  const refused = [...new Set(loops.flatMap((cluster) => elsewhere.own[cluster]?.port ?? []))];
  let key: SigningKey | undefined;
  const tokens = tokensOf(
    [...dump.listeners, ...dump.routes, ...dump.filters],
    () => {
      key ??= signingKey('check', 'ES256');
      return key;
    },
    options.nowS ?? Math.floor(Date.now() / 1000),
  );

  for (const { provider, why } of tokens.unsigned) notSeen.push({ kind: 'token', name: `provider ${provider}`, why });
  for (const [cluster, { name }] of Object.entries(elsewhere.own)) {
    if (loops.includes(cluster)) {
      notes.push(
        `The cluster ${cluster} is this Envoy's own listener ${name}: requests to it would come back without end, and are refused.`,
      );
      notSeen.push({ kind: 'cluster', name: cluster, why: `it leads back to this Envoy's own listener ${name}` });
    } else notes.push(`The cluster ${cluster} is this Envoy's own listener ${name}.`);
  }
  for (const cluster of elsewhere.admin) notes.push(`The cluster ${cluster} is this Envoy's admin interface.`);
  for (const name of elsewhere.empty) notSeen.push({ kind: 'cluster', name, why: 'it has no endpoints' });
  for (const { cluster } of uses.filter(({ use }) => use === 'control plane')) {
    if (cluster !== undefined && !notSeen.some(({ name }) => name === cluster))
      notSeen.push({ kind: 'cluster', name: cluster, why: 'the lab has no control plane: it sends no resources' });
  }
  for (const cluster of dump.clusters.filter(speaksHttp3))
    notSeen.push({
      kind: 'cluster',
      name: textAt(cluster, 'name') ?? '',
      why: 'upstreams of the lab do not speak HTTP/3',
    });
  for (const { clusters, tls } of groups) {
    const untrusted = tls.find((each) => each.untrusted !== undefined)?.untrusted;
    if (untrusted !== undefined)
      notSeen.push({ kind: 'cluster', name: clusters.join(', '), why: `${untrusted}, which the lab cannot meet` });
  }

  const domains = domainsOf(dump);
  const files = filesOf(dump, input, groups, tokens, options.authority);
  const upstreams: Record<string, UpstreamSpec> = {};
  const stubs: Scenario['stubs'] = { places: {}, denials: {} };
  const services: string[] = [];
  const httpAuthz: string[] = [];
  for (const group of groups) {
    const role = (['authz', 'rateLimit'] as const).find((each) => group.uses.has(each));
    if (role) {
      stubs.places = { ...stubs.places, [role]: [...(stubs.places?.[role] ?? []), ...placesOf(group, domains)] };
      if (role === 'authz') Object.assign(stubs, { authz: AUTHZ.allow });
      else Object.assign(stubs, { rateLimit: RATE_LIMIT.allow });
      stubs.denials = { ...stubs.denials, [role]: role === 'authz' ? AUTHZ.deny : RATE_LIMIT.deny };
      services.push(group.name);
      continue;
    }
    if (group.uses.size > 0 && [...group.uses].every((use) => SERVICES.has(use))) {
      services.push(group.name);
      if (group.uses.has('httpAuthz')) httpAuthz.push(group.name);
    }
    upstreams[group.name] = upstreamOf(group, domains, tokens);
  }
  const [first] = sockets;
  return {
    scenario: scenario({
      slug: options.slug ?? input.name,
      task: 'forward',
      title: input.name,
      requirement: '',
      purpose: '',
      topology: edge({
        upstreams,
        sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
        ...given({
          addresses: addresses.length > 0 ? addresses : undefined,
          refused: loops.length > 0 ? refused : undefined,
        }),
      }),
      envoy: {
        config: input.name,
        text: input.text,
        ...privilegesOf(dump),
        args: nodeArguments(configOf(input)),
        ...options.envoy,
        files,
        sockets: socketsOf(dump),
        adminPort,
        ...given({ listenerPort: first?.port }),
      },
      hostnames: hosts.table,
      resolvesAll: true,
      stubs,
    }),
    upstreamOf: Object.fromEntries(groups.flatMap(({ name, clusters }) => clusters.map((each) => [each, name]))),
    ...{ services, httpAuthz, loops, tokens: tokens.byProvider, notes, notSeen },
  };
}

/** A dump with the paths of files as the config has them: to load it, they were below a folder of the sandbox. */
function withOwnPaths(dump: ConfigDump): ConfigDump {
  return JSON.parse(JSON.stringify(dump).replaceAll(/\/tmp\/envoy-files(-\d+)?(\/\d+)?(?=\/)/g, '')) as ConfigDump;
}

function configOf({ text, name }: CheckInput): JsonObject {
  try {
    return parseConfig(text, name).value;
  } catch {
    return {};
  }
}

function speaksHttp3(cluster: JsonObject): boolean {
  return messagesIn(cluster).some((message) => isOf(message, 'QuicUpstreamTransport'));
}

/** Uses without a request's own data. */
const SERVICES = new Set<Use>(['httpAuthz', 'jwks', 'sink', 'control plane']);
const QUIET = new Set<Use>(['sink', 'control plane', 'jwks']);

function upstreamOf(group: Group, domains: string[], tokens: Tokens): UpstreamSpec {
  const { uses, endpoints, clusters } = group;
  const [first, ...more] = endpoints;
  if (!first) throw new Error(`${group.name} has no endpoint`);
  const keySets = tokens.keySets.filter(({ cluster }) => clusters.includes(cluster));
  const documents = Object.fromEntries(
    keySets.map(({ path, body }) => [path, { type: 'application/json', body }] as const),
  );
  const protocol = protocolOf(uses);
  const tls = tlsOf(group, domains);
  const quiet = uses.size > 0 && [...uses].every((use) => QUIET.has(use));
  return {
    port: 'port' in first ? first.port : 0,
    endpoints: [first, ...more],
    ...(protocol !== 'http' && { protocol }),
    ...given({ tls }),
    answersAll: { ...(keySets.length > 0 && { documents }), ...(quiet && ({ quiet: true } as const)) },
    ...(uses.has('httpAuthz') && { replies: HTTP_AUTHZ }),
  };
}

function placesOf(group: Group, domains: string[]): StubPlace[] {
  const tls = tlsOf(group, domains);
  return group.endpoints.map((endpoint) => ({ endpoint, ...given({ tls }) }));
}

function tlsOf({ uses, tls, names }: Group, domains: string[]): { names: string[] } | undefined {
  if (tls.length === 0 && !uses.has('passthrough')) return undefined;
  const ofRequests = tls.some((each) => each.ofRequests) ? domains : [];
  return { names: [...new Set([...names, ...tls.flatMap((each) => each.names), ...ofRequests])] };
}

function protocolOf(uses: Set<Use>): NonNullable<UpstreamSpec['protocol']> {
  if (uses.has('redis')) return 'redis';
  if (uses.has('udp')) return 'udp';
  return uses.has('tcp') || uses.has('passthrough') ? 'tcp' : 'http';
}

/** The domains of virtual hosts that are whole names. */
function domainsOf({ listeners, routes }: ConfigDump): string[] {
  const all = [...listeners, ...routes].flatMap((value) =>
    [...objectsIn(value)].flatMap(({ domains }) => (Array.isArray(domains) ? domains.map(String) : [])),
  );
  return [...new Set(all.map((domain) => domain.replace(/:\d+$/, '')).filter((domain) => /^[\w.-]+$/.test(domain)))];
}

/** The files of the input; the lab's authority takes the place of those that a config trusts. */
function filesOf(
  dump: ConfigDump,
  input: CheckInput,
  groups: Group[],
  tokens: Tokens,
  authority: WorldOptions['authority'],
): NonNullable<EnvoySpec['files']> {
  const downstream = dump.listeners
    .flatMap((listener) => messagesIn(listener).filter((message) => isOf(message, 'DownstreamTlsContext')))
    .flatMap(({ body }) => validationsOf(body, dump))
    .flatMap((validation) => textAt(validation, 'trusted_ca', 'filename') ?? []);
  const trusted = [...groups.flatMap(({ tls }) => tls.flatMap((each) => each.trustedFiles)), ...downstream];
  const pem = authority?.certificate;
  return {
    ...input.files,
    ...Object.fromEntries(pem === undefined ? [] : trusted.map((path) => [path, pem])),
    ...tokens.files,
  };
}

/** The paths of all Unix sockets that are files. */
function socketsOf({ listeners, clusters, bootstrap }: ConfigDump): string[] {
  const all = [...listeners, ...clusters, bootstrap].flatMap((value) =>
    [...objectsIn(value)].flatMap((object) => textAt(object, 'pipe', 'path') ?? []),
  );
  return [...new Set(all.filter((path) => !path.startsWith('@')))];
}

/** The ports that listeners and clusters name. */
function portsNamed(dump: ConfigDump): number[] {
  return [...dump.listeners, ...dump.clusters].flatMap((value) =>
    [...objectsIn(value)].flatMap(({ port_value }) => (typeof port_value === 'number' ? port_value : [])),
  );
}

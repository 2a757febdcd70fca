import { isLoopback } from '../constants/addresses.ts';
import type { ConfigDump } from '../envoy/config-dump.ts';
import type { Endpoint } from '../scenario/scenario.ts';
import { type JsonObject, objectsOf, textAt } from '../util/json.ts';
import type { HostNames } from './host-addresses.ts';
import { type OwnSocket, ownListenerAt } from './own-listeners.ts';
import { type Target, targetsOf, uriTarget } from './targets.ts';
import { type UpstreamTls, upstreamTlsOf } from './upstream-tls.ts';
import type { Use, Used } from './uses.ts';

/** Clusters that lead to the same endpoints, which one upstream serves. */
export interface Group {
  /** Of its first cluster. */
  name: string;
  clusters: string[];
  endpoints: Endpoint[];
  uses: Set<Use>;
  /** Host names of its endpoints, and server names that downstreams send to them. */
  names: string[];
  tls: UpstreamTls[];
}

/** Where the parts of Envoy are that clusters may lead to. */
export interface OwnParts {
  sockets: OwnSocket[];
  /** Addresses of Envoy's host. */
  addresses: string[];
  adminPort: number;
  /** The Unix socket of its admin interface, which the lab does not have. */
  adminSocket?: string;
}

/** What a cluster leads to beside upstreams. */
export interface Elsewhere {
  /** The listener of this Envoy that a cluster leads to. */
  own: Record<string, OwnSocket>;
  admin: string[];
  internal: Record<string, string>;
  /** Clusters without endpoints. */
  empty: string[];
}

/** Groups clusters by their endpoints. */
export function groupsOf(
  dump: ConfigDump,
  uses: Used[],
  hosts: HostNames,
  parts: OwnParts,
): { groups: Group[]; elsewhere: Elsewhere } {
  const elsewhere: Elsewhere = { own: {}, admin: [], internal: {}, empty: [] };
  const groups: Group[] = [];
  const add = (part: Group): void => {
    const keys = new Set(part.endpoints.map(keyOf));
    const known = groups.find(({ endpoints }) => endpoints.some((endpoint) => keys.has(keyOf(endpoint))));
    if (!known) {
      groups.push(part);
      return;
    }
    const there = new Set(known.endpoints.map(keyOf));
    known.endpoints.push(...part.endpoints.filter((endpoint) => !there.has(keyOf(endpoint))));
    known.clusters.push(...part.clusters);
    for (const use of part.uses) known.uses.add(use);
    known.names.push(...part.names);
    known.tls.push(...part.tls);
  };
  for (const cluster of dump.clusters) {
    const name = textAt(cluster, 'name') ?? '';
    const targets = targetsOf(cluster, dump);
    if (targets.length === 0 && !isAggregate(cluster)) elsewhere.empty.push(name);
    const of = uses.filter((used) => used.cluster === name);
    const tls = upstreamTlsOf(cluster, dump);
    const endpoints = uniqueEndpoints(
      targets.flatMap((target) => endpointsAt(target, name, { hosts, parts, elsewhere })),
    );
    if (endpoints.length === 0) continue;
    const names = targets.flatMap((target) => (target.kind === 'name' ? target.name : []));
    const ofEndpoints = objectsOf(
      objectsOf(cluster.load_assignment ? [cluster.load_assignment] : []).flatMap(({ endpoints }) =>
        objectsOf(endpoints).flatMap(({ lb_endpoints }) => objectsOf(lb_endpoints)),
      ),
    ).flatMap((each) => textAt(each, 'endpoint', 'hostname') ?? []);
    add({
      ...{ name, clusters: [name], endpoints },
      uses: new Set(of.map(({ use }) => use)),
      names: [...new Set([...names, ...ofEndpoints, ...of.flatMap((used) => used.names ?? [])])],
      tls: tls ? [tls] : [],
    });
  }
  for (const { use, uri } of uses) {
    const target = uri === undefined ? undefined : uriTarget(uri);
    if (uri === undefined || !target) continue;
    const endpoints = endpointsAt(target, uri, { hosts, parts, elsewhere });
    const names = target.kind === 'name' ? [target.name] : [];
    if (endpoints.length > 0) add({ name: uri, clusters: [uri], endpoints, uses: new Set([use]), names, tls: [] });
  }
  return { groups, elsewhere };
}

function isAggregate(cluster: JsonObject): boolean {
  return /aggregate|composite/.test(textAt(cluster, 'cluster_type', 'name') ?? '');
}

/** The endpoints of a target on the hosts of the lab; none where it is a part of Envoy. */
function endpointsAt(
  target: Target,
  cluster: string,
  { hosts, parts, elsewhere }: { hosts: HostNames; parts: OwnParts; elsewhere: Elsewhere },
): Endpoint[] {
  if (target.kind === 'anywhere') return [{ anywhere: true }];
  if (target.kind === 'internal') {
    elsewhere.internal[cluster] = target.listener;
    return [];
  }
  if (target.kind === 'socket' && target.path === parts.adminSocket) {
    elsewhere.admin.push(cluster);
    return [];
  }
  if (target.kind === 'socket') return [{ socket: target.path.replace(/^@/, '') }];
  if (target.kind === 'name') return hosts.addressesOf(target.name).map((address) => ({ address, port: target.port }));
  const own = ownListenerAt(target, parts.sockets);
  if (own) {
    elsewhere.own[cluster] = own;
    return [];
  }
  const { address, port } = target;
  if (!isLoopback(address) && !parts.addresses.includes(address)) return [{ address, port }];
  if (port === parts.adminPort) {
    elsewhere.admin.push(cluster);
    return [];
  }
  const bound = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address;
  return [{ address: bound, port, onEnvoyHost: true }];
}

function uniqueEndpoints(endpoints: Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [keyOf(endpoint), endpoint])).values()];
}

function keyOf(endpoint: Endpoint): string {
  return JSON.stringify(endpoint);
}

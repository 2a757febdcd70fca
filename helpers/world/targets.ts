import { isIP } from 'node:net';
import type { ConfigDump } from '../envoy/config-dump.ts';
import { type JsonObject, objectAt, objectsOf, textAt } from '../util/json.ts';

/** Where a cluster leads. */
export type Target =
  | { kind: 'address'; address: string; port: number }
  | { kind: 'name'; name: string; port: number }
  /** A Unix socket: `/run/app.sock`, or `@app` for an abstract one. */
  | { kind: 'socket'; path: string }
  | { kind: 'internal'; listener: string }
  /** Wherever the request leads: dynamic forward proxy, original destination. */
  | { kind: 'anywhere' };

/** Where a cluster leads: its endpoints, those of EDS as the dump has them, and the ports of its health checks. */
export function targetsOf(cluster: JsonObject, dump: ConfigDump): Target[] {
  const type = textAt(cluster, 'cluster_type', 'name') ?? '';
  if (cluster.type === 'ORIGINAL_DST' || /dynamic_forward_proxy|original_dst/.test(type)) return [{ kind: 'anywhere' }];
  const assignment = cluster.type === 'EDS' ? discovered(cluster, dump) : objectAt(cluster, 'load_assignment');
  const endpoints = objectsOf(assignment?.endpoints).flatMap(({ lb_endpoints }) => objectsOf(lb_endpoints));
  return endpoints.flatMap(({ endpoint, endpoint_name }) => {
    const named = typeof endpoint_name === 'string' ? namedEndpoint(assignment, endpoint_name) : undefined;
    return targetsAt(named ?? objectAt({ endpoint }, 'endpoint') ?? {});
  });
}

function discovered(cluster: JsonObject, { endpoints }: ConfigDump): JsonObject | undefined {
  const service = textAt(cluster, 'eds_cluster_config', 'service_name') || cluster.name;
  return endpoints.find(({ cluster_name }) => cluster_name === service);
}

function namedEndpoint(assignment: JsonObject | undefined, name: string): JsonObject | undefined {
  return objectAt(assignment, 'named_endpoints', name);
}

function targetsAt(endpoint: JsonObject): Target[] {
  const addresses = [
    objectAt(endpoint, 'address'),
    ...objectsOf(endpoint.additional_addresses).map((each) => objectAt(each, 'address')),
  ];
  const targets = addresses.flatMap((address) => targetOf(address) ?? []);
  const check = objectAt(endpoint, 'health_check_config');
  const checked = targetOf(objectAt(check, 'address'));
  const port = Number(check?.port_value ?? 0);
  const ports = port === 0 ? [] : targets.flatMap((target) => ('port' in target ? { ...target, port } : []));
  return [...targets, ...(checked ? [checked] : []), ...ports];
}

/** Where an address leads; undefined for one of another form. */
export function targetOf(address: JsonObject | undefined): Target | undefined {
  const socket = objectAt(address, 'socket_address');
  if (socket) return hostTarget(textAt(socket, 'address') ?? '', Number(socket.port_value ?? 0));
  const path = textAt(address, 'pipe', 'path');
  if (path !== undefined) return { kind: 'socket', path };
  const listener = textAt(address, 'envoy_internal_address', 'server_listener_name');
  return listener === undefined ? undefined : { kind: 'internal', listener };
}

/** Where a host and a port lead. */
export function hostTarget(host: string, port: number): Target {
  if (host === 'localhost') return { kind: 'address', address: '127.0.0.1', port };
  return isIP(host) === 0 ? { kind: 'name', name: host, port } : { kind: 'address', address: host, port };
}

/** Where a URI of gRPC leads, such as `dns:///authz.example.com:443`; undefined where it has no port. */
export function uriTarget(uri: string): Target | undefined {
  const unix = /^unix:(?:\/\/)?(\/.+)$/.exec(uri)?.[1];
  if (unix !== undefined) return { kind: 'socket', path: unix };
  const [, host = '', port = ''] = /^(?:\w+:\/*)?\[?([^[\]/]+?)\]?:(\d+)$/.exec(uri) ?? [];
  return port === '' ? undefined : hostTarget(host, Number(port));
}

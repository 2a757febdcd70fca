import { type Json, type JsonObject, objectAt, objectsIn, objectsOf, textAt, valueAt } from '../../util/json.ts';
import { fields } from '../fields.ts';

/** What serves resources to an Envoy. */
export interface ControlPlane {
  /** `cluster xds_cluster at control-plane:18000`. */
  name: string;
  /** What comes from it: `listeners`, `clusters`. */
  resources: string[];
}

const RESOURCES: Record<string, string> = {
  lds_config: 'listeners',
  cds_config: 'clusters',
  eds_config: 'endpoints',
  rds: 'routes',
  scoped_routes: 'routes',
  sds_config: 'secrets',
  config_discovery: 'filters',
  rtds_layer: 'runtime',
};

/** The control planes that a config names, with their addresses where its clusters have them. */
export function controlPlanesOf(config: JsonObject): ControlPlane[] {
  const ads = fields(config, 'dynamic_resources', 'ads_config');
  const found = new Map<string, Set<string>>();
  const add = (source: Json | undefined, resource: string): void => {
    for (const name of serversOf(source)) found.set(name, (found.get(name) ?? new Set()).add(resource));
  };
  for (const object of objectsIn(config)) {
    for (const [field, resource] of Object.entries(RESOURCES)) {
      const source = fields(object, field);
      if (source === undefined) continue;
      if (textOf(source).includes('"ads"')) add(ads, resource);
      for (const inner of objectsIn(source)) add(fields(inner, 'api_config_source'), resource);
    }
  }
  return [...found].map(([name, resources]) => ({ name: withAddress(config, name), resources: [...resources] }));
}

const textOf = (value: Json): string => JSON.stringify(value);

/** The clusters or addresses of an ApiConfigSource. */
function serversOf(source: Json | undefined): string[] {
  const services = valueAt(source, 'grpc_services') ?? valueAt(source, 'grpcServices');
  const grpc = (Array.isArray(services) ? objectsOf(services) : [services ?? null]).flatMap((service) => {
    const cluster = fields(service, 'envoy_grpc', 'cluster_name');
    const uri = fields(service, 'google_grpc', 'target_uri');
    return typeof cluster === 'string' ? `cluster ${cluster}` : typeof uri === 'string' ? uri : [];
  });
  const names = fields(source, 'cluster_names');
  const rest = (Array.isArray(names) ? names : [names]).flatMap((name) =>
    typeof name === 'string' ? `cluster ${name}` : [],
  );
  return [...grpc, ...rest];
}

function withAddress(config: JsonObject, name: string): string {
  const clusters = fields(config, 'static_resources', 'clusters');
  const cluster = objectsOf(clusters).find((each) => `cluster ${textAt(each, 'name')}` === name);
  for (const object of objectsIn(cluster)) {
    const address = objectAt(object, 'socket_address') ?? objectAt(object, 'socketAddress');
    const path = fields(object, 'pipe', 'path');
    if (address) return `${name} at ${String(address.address)}:${String(fields(address, 'port_value'))}`;
    if (typeof path === 'string') return `${name} at ${path}`;
  }
  return name;
}

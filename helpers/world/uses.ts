import type { ConfigDump } from '../envoy/config-dump.ts';
import { type Json, type JsonObject, objectAt, objectsIn, objectsOf, textAt } from '../util/json.ts';
import { isOf, type Message, messageOf, messagesIn } from './messages.ts';

/** What Envoy uses a cluster for. */
export type Use =
  | 'http'
  | 'tcp'
  /** TLS that the downstream speaks, with what is inside. */
  | 'passthrough'
  | 'redis'
  | 'udp'
  /** Authorization and rate limits over gRPC, authorization over HTTP. */
  | 'authz'
  | 'rateLimit'
  | 'httpAuthz'
  | 'jwks'
  /** What Envoy sends on its own: spans, logs, statistics. */
  | 'sink'
  | 'control plane';

/** A cluster, or the target of a gRPC client without one, and how Envoy uses it. */
export interface Used {
  use: Use;
  cluster?: string;
  uri?: string;
  /** The server names of a passthrough. */
  names?: string[];
}

/** What each cluster is used for, in the order of the config. */
export function usesOf(dump: ConfigDump): Used[] {
  const chains = dump.listeners.flatMap((listener) => [
    ...objectsOf(listener.filter_chains),
    ...(objectAt(listener, 'default_filter_chain') ? [objectAt(listener, 'default_filter_chain') as JsonObject] : []),
  ]);
  const anywhere = [dump.listeners, dump.routes, dump.filters].flatMap((each) => messagesIn(each));
  return [
    ...chains.flatMap(usesOfChain),
    ...dump.listeners.flatMap(({ listener_filters }) => messagesIn(listener_filters).flatMap(usesOfFilter)),
    ...anywhere.flatMap(usesOfService),
    ...usesOfBootstrap(dump.bootstrap),
    ...[dump.listeners, dump.secrets, dump.routes].flatMap((each) => configSources(each)),
    ...[dump.listeners, dump.routes].flatMap((each) => routed(each)),
  ];
}

/** The clusters of the filters of a chain. */
function usesOfChain(chain: JsonObject): Used[] {
  const match = objectAt(chain, 'filter_chain_match');
  const names = Array.isArray(match?.server_names) ? match.server_names.map(String) : [];
  const isTls = names.length > 0 || match?.transport_protocol === 'tls';
  const passes = isTls && objectAt(chain, 'transport_socket') === undefined;
  return objectsOf(chain.filters).flatMap((filter) => {
    const message = messageOf(objectAt(filter, 'typed_config') ?? {});
    const uses = message ? usesOfFilter(message) : [];
    return uses.map((used) => (passes && used.use === 'tcp' ? { ...used, use: 'passthrough' as const, names } : used));
  });
}

/** The clusters of a network or listener filter. */
function usesOfFilter(message: Message): Used[] {
  const { body } = message;
  const as = (use: Use, clusters: (string | undefined)[]): Used[] =>
    clusters.flatMap((cluster) => (cluster === undefined || cluster === '' ? [] : { use, cluster }));
  if (isOf(message, 'TcpProxy')) {
    const weighted = objectsOf(objectAt(body, 'weighted_clusters')?.clusters).map((each) => textAt(each, 'name'));
    return as(body.tunneling_config === undefined ? 'tcp' : 'http', [textAt(body, 'cluster'), ...weighted]);
  }
  if (isOf(message, 'RedisProxy')) return as('redis', clustersIn(body));
  if (isOf(message, 'UdpProxyConfig', 'Route')) return as('udp', clustersIn(body));
  if (isOf(message, 'ThriftProxy', 'DubboProxy', 'GenericProxy')) return as('tcp', clustersIn(body));
  return [];
}

/** The services of a filter, an access logger or a tracer. */
function usesOfService(message: Message): Used[] {
  const { body } = message;
  if (isOf(message, 'ExtAuthz')) {
    const http = textAt(body, 'http_service', 'server_uri', 'cluster');
    return http === undefined ? grpc('authz', body.grpc_service) : [{ use: 'httpAuthz', cluster: http }];
  }
  if (isOf(message, 'RateLimit') && body.rate_limit_service !== undefined)
    return grpc('rateLimit', objectAt(body, 'rate_limit_service', 'grpc_service'));
  if (isOf(message, 'JwtAuthentication')) {
    return Object.values(objectAt(body, 'providers') ?? {}).flatMap((provider): Used[] => {
      const cluster = textAt(provider, 'remote_jwks', 'http_uri', 'cluster');
      return cluster === undefined ? [] : [{ use: 'jwks', cluster }];
    });
  }
  if (/\.(access_loggers|trace|tracers|stat_sinks)\.|config\.trace\.|metrics\./.test(message.type)) return sinks(body);
  return [];
}

function usesOfBootstrap(bootstrap: JsonObject): Used[] {
  const dynamic = objectAt(bootstrap, 'dynamic_resources');
  const sinkConfigs = [bootstrap.stats_sinks, bootstrap.tracing, bootstrap.admin, bootstrap.hds_config];
  return [
    ...sinkConfigs.flatMap((each) => [...objectsIn(each)].flatMap((object) => sinks(object, { deep: false }))),
    ...grpcIn('control plane', dynamic),
    ...grpcIn('control plane', objectAt(bootstrap, 'layered_runtime')),
  ];
}

/** Clusters of control planes that resources name as their source. */
function configSources(value: Json | undefined): Used[] {
  return [...objectsIn(value)].flatMap(({ api_config_source }) => grpcIn('control plane', api_config_source));
}

/** Clusters of routes and mirrors. */
function routed(value: Json | undefined): Used[] {
  const parts = [...objectsIn(value)].flatMap(({ route, request_mirror_policies }) => [
    ...objectsOf([route ?? null]),
    ...objectsOf(request_mirror_policies),
  ]);
  return parts.flatMap((part) => ownClusters(part).map((cluster): Used => ({ use: 'http', cluster })));
}

/** Everything that a message sends to. */
function sinks(body: JsonObject, { deep } = { deep: true }): Used[] {
  const named = ['collector_cluster', 'tcp_cluster_name', 'cluster_name', 'cluster'];
  const objects = deep ? [...objectsIn(body)] : [body];
  return objects.flatMap((object) => [
    ...named.flatMap((field): Used[] => {
      const cluster = textAt(object, field);
      return cluster === undefined ? [] : [{ use: 'sink', cluster }];
    }),
    ...targetUris(object).map((uri): Used => ({ use: 'sink', uri })),
  ]);
}

function grpcIn(use: Use, value: Json | undefined): Used[] {
  return [...objectsIn(value)].flatMap((object) => grpc(use, object));
}

function grpc(use: Use, service: Json | undefined): Used[] {
  const cluster = textAt(service, 'envoy_grpc', 'cluster_name');
  if (cluster !== undefined) return [{ use, cluster }];
  return targetUris(service).map((uri) => ({ use, uri }));
}

function targetUris(service: Json | undefined): string[] {
  const uri = textAt(service, 'google_grpc', 'target_uri');
  return uri === undefined ? [] : [uri];
}

/** The names in fields that name a cluster. */
function clustersIn(value: Json | undefined): string[] {
  return [...objectsIn(value)].flatMap(ownClusters);
}

function ownClusters(object: JsonObject): string[] {
  const weighted = objectsOf(objectAt(object, 'weighted_clusters')?.clusters);
  return [object, ...weighted].flatMap((each) => textAt(each, each === object ? 'cluster' : 'name') ?? []);
}

import type { ConfigDump } from '../envoy/config-dump.ts';
import { compareVersions } from '../envoy/versions.ts';
import { type Json, objectsIn, textAt } from '../util/json.ts';

/** Areas that a part of a config brings, by the last part of its type or by a field. */
const BY_TYPE: Record<string, readonly string[]> = {
  HttpConnectionManager: ['http', 'http1', 'router', 'hcm', 'http connection manager', 'connection'],
  TcpProxy: ['tcp_proxy', 'tcp', 'connection'],
  UdpProxyConfig: ['udp_proxy', 'udp'],
  DownstreamTlsContext: ['tls', 'ssl', 'transport_socket'],
  UpstreamTlsContext: ['tls', 'ssl', 'transport_socket'],
  QuicDownstreamTransport: ['quic', 'http3', 'tls'],
  HttpProtocolOptions: ['upstream', 'http2'],
  ExtAuthz: ['ext_authz'],
  ExternalProcessor: ['ext_proc'],
  LocalRateLimit: ['local_ratelimit', 'local_rate_limit', 'ratelimit'],
  RateLimit: ['ratelimit', 'rate_limit'],
  JwtAuthentication: ['jwt_authn', 'jwt'],
  RBAC: ['rbac'],
  HealthCheck: ['health_check'],
  RedisProxy: ['redis', 'redis_proxy'],
};

/** Fields that bring areas. */
const BY_FIELD: Record<string, readonly string[]> = {
  health_checks: ['health_check', 'health check', 'hds'],
  outlier_detection: ['outlier_detection', 'outlier detection'],
  http2_protocol_options: ['http2'],
  access_log: ['access_log', 'access log', 'formatter'],
  tracing: ['tracing'],
  ads_config: ['xds', 'ads', 'config'],
  eds_cluster_config: ['xds', 'eds'],
  sds_config: ['sds', 'xds'],
  tls_certificate_sds_secret_configs: ['sds'],
  overload_manager: ['overload_manager', 'overload manager'],
  stats_sinks: ['stats', 'stats_sink'],
  load_assignment: ['upstream'],
};

const DNS = ['STRICT_DNS', 'LOGICAL_DNS'];

/** Areas of every Envoy. */
const ALWAYS = ['server', 'admin', 'runtime', 'stats', 'listener'];

/** The areas of release notes that concern a config: those of its extensions, protocols and features. */
export function areasOf(dump: ConfigDump): Set<string> {
  const areas = new Set<string>(ALWAYS);
  const { bootstrap, listeners, clusters, routes, secrets, endpoints, filters } = dump;
  const { overload_manager = null, stats_sinks = null, tracing = null } = bootstrap;
  const parts: Json[] = [
    { overload_manager, stats_sinks, tracing },
    listeners,
    clusters,
    routes,
    secrets,
    endpoints,
    filters,
  ];
  for (const object of parts.flatMap((part) => [...objectsIn(part)])) {
    for (const area of [...typeAreas(textAt(object, '@type')), ...nameAreas(textAt(object, 'name'))]) areas.add(area);
    for (const [field, more] of Object.entries(BY_FIELD))
      if (object[field] != null) for (const area of more) areas.add(area);
    if (DNS.includes(textAt(object, 'type') ?? '')) for (const area of ['dns', 'dns_resolver']) areas.add(area);
  }
  return areas;
}

/** `type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz`: `ext_authz`. */
function typeAreas(type: string | undefined): readonly string[] {
  if (type === undefined) return [];
  const parts = type.split('/').at(-1)?.split('.') ?? [];
  const last = parts.at(-1) ?? '';
  const name = parts.at(/^v\d/.test(parts.at(-2) ?? '') ? -3 : -2) ?? '';
  const own =
    name === '' || ['core', 'common', 'cluster', 'listener', 'route', 'endpoint'].includes(name) ? [] : [name];
  return [...own, ...(BY_TYPE[last] ?? [])];
}

/** `envoy.filters.http.lua`: `lua`. */
function nameAreas(name: string | undefined): string[] {
  return name?.startsWith('envoy.') ? [name.split('.').at(-1) ?? ''] : [];
}

/** Whether release notes of an area concern a config. */
export function isOfArea(area: string, areas: ReadonlySet<string>): boolean {
  const name = area.trim().toLowerCase();
  return [name, name.replaceAll(' ', '_'), name.replaceAll('_', ' ')].some((each) => areas.has(each));
}

/** Whether a version is after A and not after B, or the reverse for a downgrade. */
export function isBetween(version: string, a: string, b: string): boolean {
  const [older, newer] = compareVersions(a, b) <= 0 ? [a, b] : [b, a];
  return compareVersions(version, older) > 0 && compareVersions(version, newer) <= 0;
}

import type { ConfigDump } from '../../envoy/config-dump.ts';
import type { Authority } from '../../util/authority.ts';
import { isObject, type Json, type JsonObject, objectAt, objectsOf, textAt, valueAt } from '../../util/json.ts';
import { secretOf } from './made-files.ts';

/** A bootstrap without a control plane, made of a dump. */
export interface StaticConfig {
  bootstrap: JsonObject;
  /** Documents with secrets, by the path that it has: Envoy counts their updates, as those of a control plane. */
  files: Record<string, string>;
  /** What it does not have of the dump, or has instead, a sentence each. */
  notes: string[];
}

/** Fields of a bootstrap that lead to a control plane, or to files of the machine that runs it. */
const REMOVED = [
  'dynamic_resources',
  'hds_config',
  'config_sources',
  'default_config_source',
  'xds_delegate_extension',
  'xds_config_tracker_extension',
];

/** Old versions print fields of the v2 API by these names. */
const OLD_FIELD = /^hidden_envoy_deprecated_/;

const REDACTED = new Set(['[redacted]', Buffer.from('[redacted]').toString('base64')]);

/**
 * Converts a dump to a static bootstrap: routes and filters are inline, endpoints are those of the
 * dump, secrets come from files, redacted ones are new, and no control plane is left.
 */
export async function staticConfig(dump: ConfigDump, authority: Authority): Promise<StaticConfig> {
  const notes = new Set<string>();
  const secrets = await Promise.all(dump.secrets.map((secret) => withoutRedaction(secret, authority, notes)));
  const context: Context = {
    ...{ dump, notes, files: {} },
    secrets: new Map(secrets.map((secret) => [textAt(secret, 'name') ?? '', secret])),
  };
  const kept = Object.entries(dump.bootstrap).filter(([field]) => !REMOVED.includes(field));
  const bootstrap = inlined(Object.fromEntries(kept), context) as JsonObject;
  // Envoy lists all its extensions there.
  if (isObject(bootstrap.node)) delete bootstrap.node.extensions;
  const own = objectsOf(valueAt(dump.bootstrap, 'static_resources', 'secrets')).map(({ name }) => name);
  const fixed = secrets.filter(({ name }) => own.includes(name));
  const controlPlanes = controlClusters(dump.bootstrap);
  const clusters = dump.clusters.filter(({ name }) => !controlPlanes.has(String(name)));
  if (controlPlanes.size > 0) notes.add(`The control plane ${[...controlPlanes].join(', ')} is left out.`);
  if (dump.listeners.length === 0) notes.add('The dump has no listeners.');
  return {
    bootstrap: {
      ...bootstrap,
      ...layersWithoutRtds(bootstrap),
      static_resources: {
        listeners: dump.listeners.map((listener) => inlined(listener, context)) as JsonObject[],
        clusters: clusters.map((cluster) => inlined(staticCluster(cluster, dump), context)) as JsonObject[],
        ...(fixed.length > 0 && { secrets: fixed }),
      },
    },
    files: context.files,
    notes: [...notes],
  };
}

interface Context {
  dump: ConfigDump;
  notes: Set<string>;
  secrets: Map<string, JsonObject>;
  files: Record<string, string>;
}

/** The clusters of `ads_config` and other sources of a bootstrap. */
function controlClusters(bootstrap: JsonObject): Set<string> {
  const found = new Set<string>();
  const text = JSON.stringify([bootstrap.dynamic_resources ?? null, bootstrap.hds_config ?? null]);
  for (const [, name = ''] of text.matchAll(/"cluster_name":"([^"]+)"/g)) found.add(name);
  return found;
}

function layersWithoutRtds(bootstrap: JsonObject): JsonObject {
  const layers = objectsOf(valueAt(bootstrap, 'layered_runtime', 'layers'));
  if (!layers.some((layer) => layer.rtds_layer !== undefined)) return {};
  return { layered_runtime: { layers: layers.filter((layer) => layer.rtds_layer === undefined) } };
}

/** A value with its references to dynamic resources replaced by the resources. */
function inlined(value: Json | undefined, context: Context): Json | undefined {
  if (Array.isArray(value))
    return value.filter((item) => isOfEnvoy(item, context)).map((item) => inlined(item, context) ?? null);
  if (!isObject(value)) return value;
  const { dump, notes } = context;
  const copy: JsonObject = Object.fromEntries(
    Object.entries(value)
      .filter(([field]) => !OLD_FIELD.test(field))
      .map(([field, each]) => [field, inlined(each, context)]),
  );
  const route = textAt(value, 'rds', 'route_config_name');
  if (route !== undefined) {
    delete copy.rds;
    const found = dump.routes.find(({ name }) => name === route);
    if (!found) notes.add(`The dump has no routes ${route}.`);
    copy.route_config = (inlined(found, context) as JsonObject | undefined) ?? { name: route, virtual_hosts: [] };
  }
  if (isObject(value.config_discovery)) {
    const found = dump.filters.find(({ name }) => name === value.name);
    if (found?.typed_config !== undefined) {
      delete copy.config_discovery;
      copy.typed_config = inlined(found.typed_config, context);
    } else notes.add(`The dump has no filter ${String(value.name)}, which comes from a control plane.`);
  }
  if (isObject(value.sds_config) && typeof value.name === 'string') {
    const secret = context.secrets.get(value.name);
    if (secret)
      copy.sds_config = { path_config_source: { path: documentOf(secret, context) }, resource_api_version: 'V3' };
    else notes.add(`The dump has no secret ${value.name}.`);
  }
  if (isObject(value.vhds)) {
    delete copy.vhds;
    notes.add('Virtual hosts that were loaded on demand are those of the dump.');
  }
  return copy;
}

/** The path of a document with a secret. */
function documentOf(secret: JsonObject, { files }: Context): string {
  const path = `/secrets/${String(secret.name).replaceAll(/[^\w.-]/g, '-')}.json`;
  const type = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';
  files[path] = JSON.stringify({ resources: [{ '@type': type, ...secret }] }, undefined, 1);
  return path;
}

/** Packages of Envoy's own messages, and of the messages that hold them. */
const OF_ENVOY = /^(envoy\.(extensions|config|service|data|type|watchdog|source)|xds|udpa|google\.protobuf)\./;

/** Whether an item of a list is no extension of another distribution, such as Istio's filters. */
function isOfEnvoy(item: Json, { notes }: Context): boolean {
  const config = objectAt(item, 'typed_config');
  const type = textAt(config, 'type_url') ?? textAt(config, '@type');
  const name = type?.slice(type.lastIndexOf('/') + 1);
  if (name === undefined || OF_ENVOY.test(name)) return true;
  notes.add(`The extension ${textAt(item, 'name') ?? name} (${name}) is no part of Envoy, and is left out.`);
  return false;
}

/** A cluster of type EDS with the endpoints of the dump. */
function staticCluster(cluster: JsonObject, { endpoints }: ConfigDump): JsonObject {
  if (cluster.type !== 'EDS') return cluster;
  const { eds_cluster_config: eds, ...rest } = cluster;
  const name = textAt(eds, 'service_name') ?? textAt(cluster, 'name') ?? '';
  const assignment = endpoints.find((each) => each.cluster_name === name) ?? { endpoints: [] };
  // Names as endpoints resolve by DNS alone.
  const named = JSON.stringify(assignment).match(/"address":"[^"\d:][^"]*[g-z][^"]*"/) !== null;
  return {
    ...rest,
    type: named ? 'STRICT_DNS' : 'STATIC',
    load_assignment: { ...cleaned(assignment), cluster_name: String(cluster.name) },
  };
}

/** Without what is Envoy's state: weights of 0, health, empty localities. */
function cleaned(assignment: JsonObject): JsonObject {
  const localities = objectsOf(assignment.endpoints).map(
    ({ load_balancing_weight: weight, locality, lb_endpoints, ...rest }) => ({
      ...rest,
      ...(isObject(locality) && Object.keys(locality).length > 0 && { locality }),
      ...(typeof weight === 'number' && weight > 0 && { load_balancing_weight: weight }),
      lb_endpoints: objectsOf(lb_endpoints).map(({ health_status: _, ...endpoint }) => endpoint),
    }),
  );
  return { ...assignment, endpoints: localities };
}

async function withoutRedaction(secret: JsonObject, authority: Authority, notes: Set<string>): Promise<JsonObject> {
  const name = textAt(secret, 'name') ?? '';
  const redacted = [...texts(secret)].some((text) => REDACTED.has(text));
  const kind = objectAt(secret, 'tls_certificate')
    ? 'TLS certificate'
    : objectAt(secret, 'validation_context')
      ? 'validation context'
      : objectAt(secret, 'session_ticket_keys')
        ? 'session ticket keys'
        : 'generic secret';
  // Upstreams of the lab have certificates of its authority.
  if (!redacted && kind !== 'validation context') return secret;
  notes.add(
    redacted
      ? `The secret ${name} is redacted in the dump; it is a new one.`
      : `The CA of the secret ${name} is the lab’s.`,
  );
  const made = await secretOf(kind, name, authority);
  const own = objectAt(secret, 'validation_context');
  return kind === 'validation context'
    ? { name, validation_context: { ...own, ...objectAt(made, 'validation_context') } }
    : { name, ...made };
}

function* texts(value: Json | undefined): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const part of Array.isArray(value) ? value : Object.values(value)) yield* texts(part);
}

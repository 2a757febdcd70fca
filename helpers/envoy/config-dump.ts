import { messageOf, UsageError } from '../util/errors.ts';
import { isObject, type Json, type JsonObject, objectAt, objectsOf } from '../util/json.ts';

/**
 * What an Envoy runs, from its page `/config_dump?include_eds`: static and dynamic resources
 * together, with the names of fields in snake_case.
 */
export interface ConfigDump {
  bootstrap: JsonObject;
  listeners: JsonObject[];
  clusters: JsonObject[];
  /** RouteConfigurations that listeners name (RDS, SRDS); inline ones stay in their listener. */
  routes: JsonObject[];
  /** Secrets; Envoy replaces private parts by `[redacted]`, in base64 where the field is bytes. */
  secrets: JsonObject[];
  /** ClusterLoadAssignments of all clusters, with the addresses that Envoy uses. */
  endpoints: JsonObject[];
  /** Filters that listeners name (ECDS): TypedExtensionConfigs. */
  filters: JsonObject[];
}

/** The resources of a list of a dump: the field that lists entries, and the path of the resource in one. */
type Place = readonly [list: string, ...path: string[]];

/** By the last part of the name of each section. */
const PLACES = {
  ListenersConfigDump: {
    to: 'listeners',
    places: [
      ['static_listeners', 'listener'],
      ['dynamic_listeners', 'active_state', 'listener'],
      ['dynamic_listeners', 'warming_state', 'listener'],
    ],
  },
  ClustersConfigDump: {
    to: 'clusters',
    places: [
      ['static_clusters', 'cluster'],
      ['dynamic_active_clusters', 'cluster'],
      ['dynamic_warming_clusters', 'cluster'],
    ],
  },
  RoutesConfigDump: { to: 'routes', places: [['dynamic_route_configs', 'route_config']] },
  SecretsConfigDump: {
    to: 'secrets',
    places: [
      ['static_secrets', 'secret'],
      ['dynamic_active_secrets', 'secret'],
      ['dynamic_warming_secrets', 'secret'],
    ],
  },
  EndpointsConfigDump: {
    to: 'endpoints',
    places: [
      ['static_endpoint_configs', 'endpoint_config'],
      ['dynamic_endpoint_configs', 'endpoint_config'],
    ],
  },
  EcdsConfigDump: { to: 'filters', places: [['ecds_filters', 'ecds_filter']] },
} as const satisfies Record<string, { to: Exclude<keyof ConfigDump, 'bootstrap'>; places: Place[] }>;

/**
 * Reads the text of `/config_dump?include_eds`. A resource that is active and warming at once is the
 * active one.
 *
 * @throws UsageError where the text is no config dump
 */
export function readConfigDump(text: string): ConfigDump {
  const sections = sectionsOf(text);
  const bootstrap = sections.map((section) => objectAt(section, 'bootstrap')).find((found) => found !== undefined);
  if (bootstrap === undefined) {
    throw new UsageError('the config dump has no bootstrap; save the page `/config_dump?include_eds` without a filter');
  }
  const dump: ConfigDump = {
    bootstrap,
    ...{ listeners: [], clusters: [], routes: [], secrets: [], endpoints: [], filters: [] },
  };
  for (const section of sections) {
    const { to, places } = PLACES[typeOf(section) as keyof typeof PLACES] ?? { places: [] };
    if (to !== undefined)
      dump[to] = withoutTwins([...dump[to], ...places.flatMap((place) => resourcesAt(section, place))]);
  }
  return dump;
}

/** The sections of a dump, which another program may have put below a field of its own. */
function sectionsOf(text: string): JsonObject[] {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new UsageError(`the config dump is not JSON: ${messageOf(error)}`);
  }
  const outer = isObject(value) ? [value, ...Object.values(value).filter(isObject)] : [];
  const configs = outer.find(({ configs }) => Array.isArray(configs))?.configs;
  if (configs === undefined) {
    throw new UsageError('the config dump has no list `configs`; save the page `/config_dump?include_eds` of an Envoy');
  }
  return objectsOf(configs);
}

/** `ListenersConfigDump` of `type.googleapis.com/envoy.admin.v3.ListenersConfigDump`. */
function typeOf(section: JsonObject): string {
  return String(section['@type']).split('.').at(-1) ?? '';
}

function resourcesAt(section: JsonObject, [list, ...path]: Place): JsonObject[] {
  return objectsOf(section[list]).flatMap((entry) => {
    const { '@type': _, ...resource } = objectAt(entry, ...path) ?? {};
    return Object.keys(resource).length === 0 ? [] : [resource];
  });
}

/** Names are unique among resources of a kind; those without a name are kept. */
function withoutTwins(resources: JsonObject[]): JsonObject[] {
  const seen = new Set<Json>();
  return resources.filter((resource) => {
    const name = resource.name ?? resource.cluster_name;
    if (name === undefined || name === '') return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

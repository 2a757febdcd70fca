import type { ConfigDump } from '../../envoy/config-dump.ts';
import { isObject, type JsonObject, objectAt, objectsOf, textAt } from '../../util/json.ts';
import type { NotSeen } from '../report.ts';
import { type Entry, type Filter, filtersOf } from './listeners.ts';

/** A way into Envoy that speaks HTTP. */
export interface HttpEntry extends Entry {
  manager: JsonObject;
  httpFilters: Filter[];
  /** The RouteConfiguration. */
  routes: JsonObject;
  /** The protocol of a usual request. */
  protocol: 'http/1.1' | 'h2';
}

/** The HTTP connection manager of an entry with its routes; undefined where it has none. */
export function httpEntry(entry: Entry, dump: ConfigDump, notSeen: NotSeen[]): HttpEntry | undefined {
  const manager = entry.filters.find(({ type }) => type === 'HttpConnectionManager')?.config;
  if (!manager) return undefined;
  if (manager.codec_type === 'HTTP3') {
    notSeen.push({ kind: 'listener', name: entry.listener, why: 'HTTP/3 is not sent' });
    return undefined;
  }
  const isH2 = manager.codec_type === 'HTTP2' || (entry.alpn.includes('h2') && !entry.alpn.includes('http/1.1'));
  return {
    ...entry,
    manager,
    httpFilters: filtersOf(manager.http_filters, dump),
    routes: routesOf(manager, dump, entry, notSeen),
    protocol: isH2 ? 'h2' : 'http/1.1',
  };
}

function routesOf(manager: JsonObject, dump: ConfigDump, { listener }: Entry, notSeen: NotSeen[]): JsonObject {
  const inline = objectAt(manager, 'route_config');
  if (inline) return inline;
  const name = textAt(manager, 'rds', 'route_config_name');
  const found = dump.routes.find((routes) => routes.name === name);
  if (found) return found;
  if (name !== undefined)
    notSeen.push({ kind: 'route', name: `routes ${name}`, why: `no routes of ${listener} have this name` });
  else if (manager.scoped_routes !== undefined)
    notSeen.push({ kind: 'route', name: `scoped routes of ${listener}`, why: 'scoped routes are not read' });
  return {};
}

/** A virtual host or a route with its position, for names. */
export interface RouteAt {
  host: JsonObject;
  index: number;
  route: JsonObject;
}

export function routesIn(config: JsonObject): RouteAt[] {
  return objectsOf(config.virtual_hosts).flatMap((host) =>
    objectsOf(host.routes).map((route, index) => ({ host, index, route })),
  );
}

/** `route api[2]`, or its own name. */
export function routeName({ host, index, route }: RouteAt): string {
  return `route ${textAt(route, 'name') || `${textAt(host, 'name') ?? '?'}[${index}]`}`;
}

/** The configs of a filter for a route: of the route, its virtual host and the filter, most specific first. */
export function configsFor({ host, route }: Omit<RouteAt, 'index'>, type: RegExp): JsonObject[] {
  return [route, host].flatMap((place) =>
    Object.values(objectAt(place, 'typed_per_filter_config') ?? {}).flatMap((config) => {
      if (!isObject(config)) return [];
      const inner = isObject(config.config) ? config.config : config;
      return type.test(String(inner['@type'] ?? '')) ? [inner] : [];
    }),
  );
}

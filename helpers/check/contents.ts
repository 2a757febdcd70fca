import type { ConfigDump } from '../envoy/config-dump.ts';
import { counted } from '../report/wording.ts';
import { type JsonObject, objectsIn, objectsOf } from '../util/json.ts';

/** `2 listeners, 5 routes, 2 clusters`. */
export function describeContents({ listeners, routes, clusters }: ConfigDump): string {
  const configs = [...routes, ...listeners.flatMap(inlineRoutes)];
  const count = configs
    .flatMap(({ virtual_hosts }) => objectsOf(virtual_hosts))
    .flatMap((host) => objectsOf(host.routes));
  return [
    counted(listeners.length, 'listener'),
    counted(count.length, 'route'),
    counted(clusters.length, 'cluster'),
  ].join(', ');
}

function inlineRoutes(listener: JsonObject): JsonObject[] {
  return [...objectsIn(listener)].flatMap(({ route_config }) =>
    typeof route_config === 'object' && route_config !== null && !Array.isArray(route_config) ? [route_config] : [],
  );
}

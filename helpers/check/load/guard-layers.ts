import { isObject, type JsonObject, objectsOf } from '../../util/json.ts';
import { fields } from '../fields.ts';

/** A runtime guard of Envoy. */
const GUARD = /^envoy\.(reloadable|restart)_features\./;

/** The runtime guards that the static layers of a config set; later layers override earlier ones. */
export function guardsSet(config: JsonObject): Record<string, boolean> {
  const layers = objectsOf(fields(config, 'layered_runtime', 'layers'));
  return Object.fromEntries(layers.flatMap((layer) => guardsIn(fields(layer, 'static_layer'), '')));
}

function guardsIn(value: unknown, prefix: string): [string, boolean][] {
  if (isObject(value as JsonObject)) {
    return Object.entries(value as JsonObject).flatMap(([key, each]) =>
      guardsIn(each, prefix === '' ? key : `${prefix}.${key}`),
    );
  }
  return GUARD.test(prefix) ? [[prefix, value === true || value === 'true']] : [];
}

/** The guards that Envoy reports in its log as removed. */
export function removedGuardsIn(log: string): string[] {
  return [...new Set([...log.matchAll(/Using a removed guard (\S+?)\. /g)].map(([, name = '']) => name))];
}

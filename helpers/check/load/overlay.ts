import { PORTS } from '../../constants/ports.ts';
import { type JsonObject, objectsIn } from '../../util/json.ts';
import { fields } from '../fields.ts';

/** Envoy's default format of its log. */
const LOG_FORMAT = '[%Y-%m-%d %T.%e][%t][%l][%n] [%g:%#] %v';

/**
 * What Envoy merges into a config (`--config-yaml`): an admin interface on loopback, at a port that
 * the config does not have, guards in a layer that overrides the others, and the default format of
 * Envoy's log where the config has another.
 */
export function loadOverlay(config: JsonObject, guards?: Record<string, boolean>): { port: number; overlay: string } {
  const port = freePort(config);
  const admin = { address: { socket_address: { address: '127.0.0.1', port_value: port } } };
  const log = fields(config, 'application_log_config', 'log_format') !== undefined;
  const overlay = {
    admin,
    ...(guards && { layered_runtime: { layers: layersOf(config, guards) } }),
    ...(log && { application_log_config: { log_format: { text_format: LOG_FORMAT } } }),
  };
  return { port, overlay: JSON.stringify(overlay) };
}

function layersOf(config: JsonObject, guards: Record<string, boolean>): JsonObject[] {
  // Without layers, Envoy has one for its admin interface (source/common/runtime/runtime_impl.cc).
  const own = fields(config, 'layered_runtime', 'layers') === undefined ? [{ name: 'admin', admin_layer: {} }] : [];
  return [...own, { name: 'harness guards', static_layer: guards }];
}

/** A port of the admin interface that the config does not have, 19000 where it is free. */
export function freePort(config: JsonObject): number {
  const taken = new Set([...objectsIn(config)].map((object) => Number(fields(object, 'port_value'))));
  let port: number = PORTS.admin;
  while (taken.has(port)) port++;
  return port;
}

/**
 * Arguments that name the node, where the config does not: Envoy needs it for xDS, and people give it
 * on the command line.
 */
export function nodeArguments(config: JsonObject): string[] {
  return [
    ...(fields(config, 'node', 'id') === undefined ? ['--service-node', 'check'] : []),
    ...(fields(config, 'node', 'cluster') === undefined ? ['--service-cluster', 'check'] : []),
  ];
}

import { PORTS } from '../../constants/ports.ts';
import { type JsonObject, objectsIn } from '../../util/json.ts';
import { fields } from '../fields.ts';

/**
 * What Envoy merges into a config (`--config-yaml`): an admin interface on loopback, at a port that
 * the config does not have, and guards in a layer that overrides the others.
 */
export function loadOverlay(config: JsonObject, guards?: Record<string, boolean>): { port: number; overlay: string } {
  const port = freePort(config);
  const admin = { address: { socket_address: { address: '127.0.0.1', port_value: port } } };
  if (!guards) return { port, overlay: JSON.stringify({ admin }) };
  // Without layers, Envoy has one for its admin interface (source/common/runtime/runtime_impl.cc).
  const own = fields(config, 'layered_runtime', 'layers') === undefined ? [{ name: 'admin', admin_layer: {} }] : [];
  const layers = [...own, { name: 'harness guards', static_layer: guards }];
  return { port, overlay: JSON.stringify({ admin, layered_runtime: { layers } }) };
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

import { type Json, type JsonObject, objectsOf, textAt } from '../../util/json.ts';
import { fields } from '../fields.ts';
import { type ConfigDocument, lineOf, nodeAt } from '../input/config-document.ts';
import type { LoadError } from './load-error.ts';

/**
 * A listener on the port of the config's own admin interface, which the harness replaces: Envoy
 * cannot bind both.
 */
export function adminPortTaken(config: ConfigDocument): LoadError | undefined {
  const admin = socketOf(fields(config.value, 'admin', 'address'));
  if (!admin) return undefined;
  const all = fields(config.value, 'static_resources', 'listeners');
  const listeners = Array.isArray(all) ? objectsOf(all) : objectsOf([all ?? null]);
  const index = listeners.findIndex((listener) => {
    const socket = socketOf(fields(listener, 'address'));
    return socket !== undefined && socket.port === admin.port && overlaps(socket.address, admin.address);
  });
  const listener = listeners[index];
  if (!listener) return undefined;
  const path = ['static_resources', 'listeners', index, 'address'];
  const node = nodeAt(config, path);
  const line = node && lineOf(config, node);
  const name = textAt(listener, 'name') ?? `listeners[${index}]`;
  return {
    why: `the listener ${name} and the admin interface both use port ${admin.port}: address already in use`,
    field: `static_resources.listeners[${index}].address`,
    ...(line !== undefined && { line }),
  };
}

function socketOf(address: Json | undefined): { address: string; port: number } | undefined {
  const socket = fields(address, 'socket_address') as JsonObject | undefined;
  const port = Number(fields(socket, 'port_value') ?? 0);
  if (socket === undefined || port === 0 || fields(socket, 'protocol') === 'UDP') return undefined;
  return { address: String(fields(socket, 'address')), port };
}

function overlaps(one: string, other: string): boolean {
  const any = ['0.0.0.0', '::'];
  return one === other || any.includes(one) || any.includes(other);
}

import { parse } from 'yaml';
import { PORTS } from '../constants/ports.ts';
import type { Json } from '../util/json.ts';
import { textAt, valueAt } from '../util/json.ts';

/** The port of the admin pages in a lab: that of the config, else the first free one. */
export function adminPortFor(text: string, taken: Iterable<number>): number {
  const ports = new Set(taken);
  let port: number = PORTS.admin;
  while (ports.has(port)) port += 1;
  return adminAddressOf(text).port ?? port;
}

/** The admin address that a config has; the dump has that of the harness. */
export function adminAddressOf(text: string): { port?: number; socket?: string } {
  let config: Json;
  try {
    config = parse(text, { uniqueKeys: false }) as Json;
  } catch {
    return {};
  }
  const address = valueAt(config, 'admin', 'address');
  const socket = valueAt(address, 'socket_address') ?? valueAt(address, 'socketAddress');
  const port = Number(valueAt(socket, 'port_value') ?? valueAt(socket, 'portValue') ?? 0);
  const pipe = textAt(address, 'pipe', 'path');
  return { ...(port > 0 && { port }), ...(pipe !== undefined && { socket: pipe }) };
}

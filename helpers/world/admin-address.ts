import { parse } from 'yaml';
import type { Json } from '../util/json.ts';
import { textAt, valueAt } from '../util/json.ts';

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

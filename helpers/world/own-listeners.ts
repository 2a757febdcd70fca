import { isLoopback } from '../constants/addresses.ts';
import type { ConfigDump } from '../envoy/config-dump.ts';
import { type JsonObject, objectAt, objectsIn, objectsOf, textAt } from '../util/json.ts';
import type { Target } from './targets.ts';

/** A socket of one of Envoy's listeners. */
export interface OwnSocket {
  listener: JsonObject;
  name: string;
  address: string;
  port: number;
}

/** The TCP sockets of Envoy's listeners. */
export function ownSockets({ listeners }: ConfigDump): OwnSocket[] {
  return listeners.flatMap((listener) => {
    const all = [listener.address, ...objectsOf(listener.additional_addresses).map(({ address }) => address)];
    return all.flatMap((each) => {
      const socket = objectAt(each, 'socket_address');
      if (!socket || socket.protocol === 'UDP') return [];
      const address = textAt(socket, 'address') ?? '';
      const port = Number(socket.port_value ?? 0);
      return [{ listener, name: textAt(listener, 'name') || `${address}:${port}`, address, port }];
    });
  });
}

const EVERY = /^(0\.0\.0\.0|::)$/;

/** The listener that a target is; undefined where it is none of this Envoy. */
export function ownListenerAt(target: Target, sockets: OwnSocket[]): OwnSocket | undefined {
  if (target.kind !== 'address') return undefined;
  const isLocal = isLoopback(target.address);
  return sockets.find(
    ({ address, port }) =>
      port === target.port &&
      (address === target.address || (isLocal && (EVERY.test(address) || EVERY.test(target.address)))),
  );
}

/** Clusters of Envoy's own listeners through which a request comes back to the listener that it came from. */
export function loopsIn(dump: ConfigDump, own: Record<string, OwnSocket>): string[] {
  const names = new Set(Object.keys(own));
  const next = (listener: JsonObject): string[] => clustersOf(listener, dump).filter((name) => names.has(name));
  return [...names].filter((start) => {
    const seen = new Set<string>();
    const waiting = [start];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      for (const cluster of next(own[name]?.listener ?? {})) {
        if (cluster === start) return true;
        if (!seen.has(cluster)) waiting.push(cluster);
        seen.add(cluster);
      }
    }
    return false;
  });
}

/** The clusters that a listener and the route configurations that it names lead to. */
function clustersOf(listener: JsonObject, { routes }: ConfigDump): string[] {
  const named = new Set([...objectsIn(listener)].flatMap((object) => textAt(object, 'rds', 'route_config_name') ?? []));
  return [listener, ...routes.filter(({ name }) => named.has(String(name)))].flatMap((value) =>
    [...objectsIn(value)].flatMap((object) => [
      ...objectsOf(object.clusters).flatMap((each) => textAt(each, 'name') ?? []),
      ...Object.entries(object).flatMap(([key, text]) => (/cluster/.test(key) && typeof text === 'string' ? text : [])),
    ]),
  );
}

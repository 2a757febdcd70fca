import type { ConfigDump } from '../envoy/config-dump.ts';
import { type JsonObject, objectAt, objectsOf } from '../util/json.ts';

/** A TCP socket of a listener. */
export interface BoundSocket {
  listener: JsonObject;
  address: string;
  port: number;
  /** False for a listener without a socket of its own: another one hands it the connections to its port. */
  bound: boolean;
}

/** The TCP sockets of Envoy's listeners. */
export function boundSockets({ listeners }: ConfigDump): BoundSocket[] {
  return listeners.flatMap((listener) => {
    const all = [listener.address, ...objectsOf(listener.additional_addresses).map(({ address }) => address)];
    const bound = listener.bind_to_port !== false && objectAt(listener, 'deprecated_v1')?.bind_to_port !== false;
    return all.flatMap((each) => {
      const socket = objectAt(each, 'socket_address');
      const port = Number(socket?.port_value ?? 0);
      const isTcp = socket && socket.protocol !== 'UDP' && port > 0;
      return isTcp ? [{ listener, address: String(socket.address), port, bound }] : [];
    });
  });
}

/** Where an app listens, where no config says it. */
const APP_PORT = 8080;

const MOST = 8;

/** The ports of the app: those that chains of listeners match as destination, except the listeners' own. */
export function appPortsOf(sockets: BoundSocket[]): number[] {
  const own = sockets.map(({ port }) => port);
  const matched = sockets.flatMap(({ listener }) =>
    objectsOf(listener.filter_chains).flatMap((chain) => {
      const port = objectAt(chain, 'filter_chain_match')?.destination_port;
      return typeof port === 'number' ? [port] : [];
    }),
  );
  return [...new Set([...matched, APP_PORT])].filter((port) => !own.includes(port)).slice(0, MOST);
}

/** Whether a listener has a filter chain for connections that are dialled to its own port. */
export function hasOwnChain({ listener, port }: BoundSocket): boolean {
  return objectsOf(listener.filter_chains).some(
    (chain) => objectAt(chain, 'filter_chain_match')?.destination_port === port,
  );
}

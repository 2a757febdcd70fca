import type { Reach } from '../check/requests/listeners.ts';
import { endOf } from '../constants/addresses.ts';
import { type Capture, type CapturedTraffic, INSIDE } from '../netfilter/path/captured-traffic.ts';
import type { BoundSocket } from './bound-sockets.ts';

/** Where a downstream connects for each listener, where rules lead connections to it. */
export function capturedReach(
  traffic: CapturedTraffic,
  sockets: BoundSocket[],
  appPorts: number[],
): Required<Omit<Reach, 'loops'>> {
  const { outbound, inbound } = traffic;
  return {
    addressOf: (address, port) => {
      const socket = sockets.find((each) => each.address === address && each.port === port);
      if (socket && !socket.bound) return towards(outbound, port) ?? towards(inbound, port);
      const host = /^(?:0\.0\.0\.0|::)$/.test(address) ? INSIDE : address;
      return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    },
    destinations: destinationsOf(traffic, sockets, appPorts),
  };
}

/** A captured destination with a port. */
function towards(captures: Capture[], port: number): string | undefined {
  return captures.flatMap(({ destinations }) => destinations).find((each) => endOf(each).port === port);
}

/** The destinations of each capturing port, and the port itself, dialled directly. */
function destinationsOf(
  { inbound, outbound }: CapturedTraffic,
  sockets: BoundSocket[],
  appPorts: number[],
): Record<number, string[]> {
  const unbound = sockets.filter(({ bound }) => !bound).map(({ port }) => port);
  const all: Record<number, string[]> = {};
  const add = (port: number, destinations: string[]): void => {
    all[port] = [...(all[port] ?? []), ...destinations];
  };
  // Connections to the port of an unbound listener go to that listener.
  for (const { port, destinations } of outbound)
    add(
      port,
      ordered(destinations, (each) => !unbound.includes(endOf(each).port)),
    );
  for (const { port, destinations } of inbound)
    add(
      port,
      ordered(destinations, (each) => endOf(each).address === INSIDE && appPorts.includes(endOf(each).port)),
    );
  for (const port of Object.keys(all).map(Number)) add(port, [`${INSIDE}:${port}`]);
  return all;
}

function ordered(destinations: string[], isFirst: (destination: string) => boolean): string[] {
  return [...destinations.filter(isFirst), ...destinations.filter((each) => !isFirst(each))];
}

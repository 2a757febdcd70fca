import { isIP } from 'node:net';
import { type Address, upstreamAddress } from '../constants/addresses.ts';
import type { Endpoint, Scenario, Topology, UpstreamSpec } from './scenario.ts';

/** Whether one host holds all upstreams: in the topologies `edge` and `pod`, and where one has endpoints of its own. */
export function isShared({ kind, upstreams }: Topology): boolean {
  return kind === 'edge' || kind === 'pod' || Object.values(upstreams).some(({ endpoints }) => endpoints !== undefined);
}

/** Where each upstream of a topology serves, by its name. */
export function endpointsOf({ upstreams }: Topology): Record<string, [Endpoint, ...Endpoint[]]> {
  return Object.fromEntries(
    Object.entries(upstreams).map(([name, spec], index) => [
      name,
      spec.endpoints ?? defaultEndpoints(upstreamAddress(index), spec),
    ]),
  );
}

function defaultEndpoints({ ipv4, ipv6 }: Address, { port }: UpstreamSpec): [Endpoint, ...Endpoint[]] {
  return [
    { address: ipv4, port },
    { address: ipv6, port },
  ];
}

/** The IP addresses of endpoints, each once. */
export function addressesOf(endpoints: Endpoint[]): string[] {
  return [...new Set(endpoints.flatMap((endpoint) => ('address' in endpoint ? endpoint.address : [])))];
}

/** The ports of all endpoints that a scenario gives. */
export function endpointPorts({ topology, stubs }: Pick<Scenario, 'topology' | 'stubs'>): number[] {
  const ofStubs = Object.values(stubs.places ?? {}).flatMap((places) => places.map(({ endpoint }) => endpoint));
  const all = [...Object.values(topology.upstreams).flatMap(({ endpoints = [] }) => endpoints), ...ofStubs];
  return [...new Set(all.flatMap((endpoint) => ('port' in endpoint ? endpoint.port : [])))];
}

/** The addresses of each name that the lab's resolver knows. */
export function nameTable({
  topology,
  names,
  hostnames = {},
}: Pick<Scenario, 'topology' | 'names' | 'hostnames'>): Record<string, string[]> {
  const table = Object.fromEntries(
    Object.entries(endpointsOf(topology)).map(([name, endpoints]) => {
      const addresses = addressesOf(endpoints);
      // Chapters with hosts of their own have names with IPv4 addresses alone.
      return [name, isShared(topology) ? addresses : addresses.filter((address) => isIP(address) === 4)];
    }),
  );
  for (const [name, upstream] of Object.entries(names)) table[name] = table[upstream] ?? [];
  return { ...table, ...hostnames };
}

import { ADDRESSES, endOf } from '../../constants/addresses.ts';
import { DOWNSTREAM_HOST, UPSTREAMS_HOST } from '../../constants/host-names.ts';
import { linkTo } from '../../constants/link-names.ts';
import { DOWNSTREAM_UID } from '../../constants/ports.ts';
import type { CapturedRules } from '../captured-rules.ts';
import type { Chain, Packet } from './packet.ts';
import { chainsOf, type Fate, followed } from './packet-path.ts';

/** Connections that rules lead to a port of Envoy's host. */
export interface Capture {
  /** The port to which they are led. */
  port: number;
  how: 'redirect' | 'tproxy';
  /** Destinations that are captured: `203.0.113.80:80`. */
  destinations: string[];
}

/** What rules do with the connections of a host: those of its programs, and those that arrive. */
export interface CapturedTraffic {
  outbound: Capture[];
  inbound: Capture[];
  /** Users whose outbound connections are not captured, of those that the rules name. */
  exempt: number[];
  /** Marks whose outbound connections are neither captured nor routed to loopback. */
  exemptMarks: number[];
}

/** An address beyond the lab's own networks (RFC 5737): the host of all upstreams has it. */
export const OUTSIDE = '203.0.113.80';

/** The address of Envoy's host, where peers call in. */
export const INSIDE = ADDRESSES.towardsDownstream.ipv4;

const [IN, OUT] = [DOWNSTREAM_HOST, UPSTREAMS_HOST].map(linkTo) as [string, string];

/** Ports that are dialled, beside those that rules name. */
const PORTS = [80, 443, 8080];

/** The destinations and users that rules capture, from following a packet to each that they may concern. */
export function capturedTraffic(
  rules: Pick<CapturedRules, 'netfilter' | 'nft' | 'routing'>,
  { app = DOWNSTREAM_UID, ports = [] }: { app?: number; ports?: number[] } = {},
): CapturedTraffic {
  const chains = chainsOf(rules);
  const text = [rules.netfilter, ...rules.nft.map((table) => table.text)].join('\n');
  const routed = rules.routing.flatMap((command) => / fwmark (\w+)/.exec(command)?.[1] ?? []).map(Number);
  const dialled = [...new Set([...PORTS, ...portsIn(text), ...ports])];
  const outside = [...new Set([OUTSIDE, ...addressesIn(text)])];
  const outbound = captures(outside, dialled, (address, port) =>
    outboundFate(chains, { address, port, uid: app, routed }),
  );
  const inbound = captures([INSIDE, OUTSIDE], dialled, (address, port) => inboundFate(chains, address, port));
  const [first] = outbound.flatMap(({ destinations }) => destinations);
  if (first === undefined) return { outbound, inbound, exempt: [], exemptMarks: [] };
  const passes = (sender: { uid: number; mark?: number }): boolean =>
    outboundFate(chains, { ...endOf(first), routed, ...sender }).kind === 'passes';
  return {
    ...{ outbound, inbound },
    exempt: usersIn(text).filter((uid) => passes({ uid })),
    exemptMarks: [...marksIn(text), OTHER_MARK].filter((mark) => !routed.includes(mark) && passes({ uid: app, mark })),
  };
}

function captures(addresses: string[], ports: number[], fateOf: (address: string, port: number) => Fate): Capture[] {
  const found: Capture[] = [];
  for (const address of addresses)
    for (const dialled of ports) {
      const fate = fateOf(address, dialled);
      if (fate.kind !== 'redirect' && fate.kind !== 'tproxy') continue;
      const known = found.find(({ port, how }) => port === fate.port && how === fate.kind);
      if (known) known.destinations.push(`${address}:${dialled}`);
      else found.push({ port: fate.port, how: fate.kind, destinations: [`${address}:${dialled}`] });
    }
  return found;
}

interface Sent {
  address: string;
  port: number;
  uid: number;
  mark?: number;
  /** The marks that policy routing leads to loopback. */
  routed: number[];
}

/** A connection of a program of this host to another one. With a routed mark it comes in again, on loopback. */
function outboundFate(chains: Chain[], { address, port, uid, mark = 0, routed }: Sent): Fate {
  const packet = { source: INSIDE, destination: address, protocol: 'tcp', port, mark, local: false } as const;
  const fate = followed(chains, 'output', { ...packet, out: OUT, uid, gid: uid });
  if (fate.kind !== 'passes' || !routed.includes(fate.mark)) return fate;
  const again = followed(chains, 'prerouting', { ...packet, in: 'lo', mark: fate.mark });
  return again.kind === 'tproxy' ? again : fate;
}

/** A connection that comes in from the downstream. */
function inboundFate(chains: Chain[], destination: string, port: number): Fate {
  return followed(chains, 'prerouting', inboundPacket(destination, port));
}

/** The first packet of a connection from the downstream. */
export function inboundPacket(destination: string, port: number): Packet {
  const source = ADDRESSES.downstream.ipv4;
  return { source, destination, protocol: 'tcp', port, mark: 0, in: IN, local: destination === INSIDE };
}

/** The ports that rules match, few of a range. */
function portsIn(text: string): number[] {
  const lists = [...text.matchAll(/(?:--dports?|dport) (?:!= )?(\{[^}]*\}|\S+)/g)].map(([, list = '']) => list);
  const numbers = lists.flatMap((list) => list.match(/\d+/g) ?? []).map(Number);
  return [...new Set(numbers)].filter((port) => port > 0 && port <= 65_535).slice(0, 32);
}

/** An address of each network that rules match as a destination. */
function addressesIn(text: string): string[] {
  const networks = [...text.matchAll(/(?:-d|ip daddr) (?:!= )?(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?/g)];
  return networks
    .filter(([, address = '']) => !/^(?:0|127|169\.254|22[4-9]|2[3-5]\d)\./.test(address) && address !== INSIDE)
    .map(([, address = '', length]) =>
      length === undefined || length === '32' ? address : address.replace(/\d+$/, '80'),
    )
    .slice(0, 16);
}

/** The users that rules name. */
function usersIn(text: string): number[] {
  const named = [...text.matchAll(/(?:--uid-owner|skuid)(?: !=)? (\d+|root)/g)].map(([, id]) =>
    id === 'root' ? 0 : Number(id),
  );
  return [...new Set(named)];
}

/** A mark that no rules name: some exempt every connection with a mark. */
const OTHER_MARK = 0xb00c;

/** The marks that rules match. */
function marksIn(text: string): number[] {
  const named = [...text.matchAll(/(?:--mark|mark(?: & \S+)?(?: [!=]=)?) (0x[\da-f]+|\d+)/g)].map(([, mark]) =>
    Number(mark),
  );
  return [...new Set(named)].filter((mark) => mark !== 0);
}

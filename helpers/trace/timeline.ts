import { linkTo } from '../constants/link-names.ts';
import type { EnvoyStep } from '../envoy/log-steps.ts';
import type { AccessLogEntry } from '../exchange/observers/access-log.ts';
import type { Check } from '../exchange/observers/checks.ts';
import type { ConntrackEntry } from '../exchange/observers/conntrack.ts';
import type { MetadataRequest } from '../exchange/observers/metadata.ts';
import type { Received } from '../exchange/observers/received.ts';
import type { MatchedRule } from '../netfilter/rule-trace.ts';
import type { StubName } from '../scenario/stub-names.ts';
import { given } from '../util/given.ts';
import type { Packet } from './pcap.ts';

/** All events of one request, in one order. */
export interface Timeline {
  slug: string;
  /** The version of Envoy, where the chapter has one. */
  envoy?: string;
  /** The downstream's command. */
  command: string;
  /** From downstream to upstream. */
  hosts: string[];
  events: TimelineEvent[];
  /** The entries of the hosts that have rules. */
  conntrack: ConntrackEntry[];
  answer: { status: number; stdout: string; stderr: string };
  /** What is not traced, each with the reason. */
  lacks: string[];
}

/** An event on a host, `atMs` after the first one. */
export type TimelineEvent = { atMs: number; host: string } & EventDetail;

type EventDetail =
  | ({ kind: 'packet'; toHost: string; link: string } & Omit<Packet, 'at' | 'link' | 'direction'>)
  | ({ kind: 'rule' } & Omit<MatchedRule, 'packet'> & Pick<MatchedRule['packet'], 'from' | 'to' | 'mark'>)
  | { kind: 'route'; mark: string; from: string; to: string; text: string }
  | { kind: 'envoy'; logger: string; text: string }
  | { kind: 'check'; check: Check }
  | { kind: 'call'; stub: StubName; text: string }
  | { kind: 'metadata'; request: MetadataRequest }
  | { kind: 'received'; received: Received }
  | { kind: 'access log'; entry: AccessLogEntry };

/** The observations of one host. */
export interface HostTrace {
  host: string;
  packets: Packet[];
  /** Names of its interfaces, by number. */
  links: Record<number, string>;
  rules: MatchedRule[];
  /** Events without a time come last. */
  notes: ({ at: number | undefined } & EventDetail)[];
}

/** The kernel's route for packets with a mark. */
export interface MarkedRoute {
  host: string;
  from: string;
  to: string;
  mark: string;
  text: string;
}

/** An event with its place in time. */
interface Placed {
  at: number;
  /** Among events of the same time: negative before the packet, positive after it. */
  order: number;
  host: string;
  what: EventDetail;
}

/**
 * Merges the observations of all hosts into one order. Sending and receiving a packet is one event.
 * A traced rule has no time: it precedes its packet at egress and follows it at ingress.
 */
export function mergeTraces(
  traces: HostTrace[],
  steps: (EnvoyStep & { host: string })[],
  routes: MarkedRoute[],
): TimelineEvent[] {
  const placed = [
    ...packetsOf(traces),
    ...traces.flatMap((trace) => rulesOf(trace, routes)),
    ...traces.flatMap(({ host, notes }) =>
      notes.map(({ at = Infinity, ...what }): Placed => ({ at, order: 0, host, what: what as EventDetail })),
    ),
    ...steps.map(
      ({ at, host, logger, text }): Placed => ({ at, order: 0, host, what: { kind: 'envoy', logger, text } }),
    ),
  ];
  const known = placed.filter(({ at }) => Number.isFinite(at)).sort((a, b) => a.at - b.at || a.order - b.order);
  const unknown = placed.filter(({ at }) => !Number.isFinite(at));
  const [start, end] = [known[0]?.at ?? 0, known.at(-1)?.at ?? 0];
  return [...known, ...unknown].map(({ at, host, what }) => ({
    atMs: Math.round(((Number.isFinite(at) ? at : end) - start) * 1e6) / 1e3,
    host,
    ...what,
  }));
}

/** Identifies a packet on a link. */
function key({ protocol, from, to, id, flags, sequence, acknowledged, bytes }: Packet): string {
  return [protocol, from, to, id, flags, sequence, acknowledged, bytes].join(' ');
}

/** The other end of a link: `to-blue` leads to blue, `eth0` to the host with a link to this one. */
function otherEnd(traces: HostTrace[], host: string, link: string): string {
  if (link === 'lo') return host;
  const other = traces.find((trace) => linkTo(trace.host) === link);
  if (other || link.startsWith('to-')) return other?.host ?? link.slice('to-'.length);
  return traces.find(({ links }) => Object.values(links).includes(linkTo(host)))?.host ?? host;
}

function packetsOf(traces: HostTrace[]): Placed[] {
  const placed: Placed[] = [];
  /** The number of equal packets that were sent and have not arrived yet. */
  const onTheWay = new Map<string, number>();
  const all = traces.flatMap(({ host, packets, links }) =>
    packets.map((packet) => ({ host, packet, link: links[packet.link] ?? `link ${packet.link}` })),
  );
  // All hosts share one clock. Of the two captures of a packet the sender's is the first.
  all.sort((a, b) => a.packet.at - b.packet.at || (a.packet.direction === 'out' ? -1 : 1));
  for (const { host, packet, link } of all) {
    const other = otherEnd(traces, host, link);
    const { at, link: _, direction, ...rest } = packet;
    const [sender, receiver] = direction === 'out' ? [host, other] : [other, host];
    const way = `${sender} ${receiver} ${key(packet)}`;
    const sent = onTheWay.get(way) ?? 0;
    const isArrival = direction === 'in' && sent > 0;
    if (direction === 'out' || isArrival) onTheWay.set(way, sent + (isArrival ? -1 : 1));
    if (!isArrival)
      placed.push({ at, order: 0, host: sender, what: { kind: 'packet', toHost: receiver, link, ...rest } });
  }
  return placed;
}

function rulesOf({ host, packets, links, rules }: HostTrace, routes: MarkedRoute[]): Placed[] {
  const placed: Placed[] = [];
  const routed = new Set<string>();
  let last = packets[0]?.at ?? 0;
  for (const [index, { packet, ...matched }] of rules.entries()) {
    const { from, to, mark } = packet;
    const seen = packets.find(
      (each) => each.at >= last - CLOSE_S && isSamePacket(each, links[each.link] ?? '', packet),
    );
    const at = seen?.at ?? last;
    last = Math.max(last, at);
    const order = (packet.out === undefined ? 1 : -1) + index * 1e-6;
    placed.push({ at, order, host, what: { kind: 'rule', ...matched, from, to, ...given({ mark }) } });
    const route = routes.find(
      (each) => each.host === host && each.from === from && each.to === to && each.mark === mark,
    );
    // The kernel routes each packet of a connection the same way: one event for all of them.
    const next = rules[index + 1]?.packet;
    const more = next?.id === packet.id && next.mark === mark && next.from === from;
    if (!route || more || routed.has(`${from} ${to}`)) continue;
    routed.add(`${from} ${to}`);
    const what = { kind: 'route', mark: route.mark, from, to, text: route.text } as const;
    placed.push({ at, order: order + 5e-7, host, what });
  }
  return placed;
}

/** How far the traces of two processors may be out of order, in seconds. */
const CLOSE_S = 0.001;

/** Whether a captured and a traced packet are the same; NAT may have changed one end. */
function isSamePacket(packet: Packet, link: string, traced: MatchedRule['packet']): boolean {
  const leaving = traced.out !== undefined;
  const direction = leaving && link !== 'lo' ? 'out' : 'in';
  if (packet.id !== traced.id || packet.flags !== traced.flags || packet.direction !== direction) return false;
  // Not at egress: a packet that is redirected to its own host leaves by another link.
  if (!leaving && link !== traced.in) return false;
  return packet.from === traced.from || packet.to === traced.to;
}

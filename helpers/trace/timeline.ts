import type { EnvoyStep } from '../envoy/log-steps.ts';
import type { AccessLogEntry } from '../exchange/observers/access-log.ts';
import type { Check } from '../exchange/observers/checks.ts';
import type { ConntrackEntry } from '../exchange/observers/conntrack.ts';
import type { MetadataRequest } from '../exchange/observers/metadata.ts';
import type { Received } from '../exchange/observers/received.ts';
import type { MatchedRule } from '../netfilter/rule-trace.ts';
import { given } from '../util/given.ts';
import type { Packet } from './pcap.ts';

/** Everything that was seen of one request, in one order. */
export interface Timeline {
  slug: string;
  /** The version of Envoy, where the chapter has one. */
  envoy?: string;
  /** What the downstream ran. */
  command: string;
  /** From downstream to upstream. */
  hosts: string[];
  events: TimelineEvent[];
  /** What the kernels that have rules track of it. */
  conntrack: ConntrackEntry[];
  /** What the command ended with. */
  answer: { status: number; stdout: string; stderr: string };
  /** What could not be watched, and why. */
  lacks: string[];
}

/** Something that happened on a host; `atMs` after the first of all. */
export type TimelineEvent = { atMs: number; host: string } & Happening;

export type Happening =
  | ({ kind: 'packet'; toHost: string; link: string } & Omit<Packet, 'at' | 'link' | 'direction'>)
  | ({ kind: 'rule' } & Omit<MatchedRule, 'packet'> & Pick<MatchedRule['packet'], 'from' | 'to' | 'mark'>)
  | { kind: 'route'; mark: string; from: string; to: string; text: string }
  | { kind: 'envoy'; logger: string; text: string }
  | { kind: 'check'; check: Check }
  | { kind: 'metadata'; request: MetadataRequest }
  | { kind: 'received'; received: Received }
  | { kind: 'access log'; entry: AccessLogEntry };

/** What one host saw. */
export interface HostSight {
  host: string;
  packets: Packet[];
  /** Names of its interfaces, by number. */
  links: Record<number, string>;
  rules: MatchedRule[];
  /** Those whose time is not known stand behind all others. */
  notes: ({ at: number | undefined } & Happening)[];
}

/** How the kernel routes a packet with this mark. */
export interface MarkedRoute {
  host: string;
  from: string;
  to: string;
  mark: string;
  text: string;
}

/** Where one event stands among those of its host. */
interface Placed {
  at: number;
  /** At one time: what led to a packet before it, what it led to behind it. */
  order: number;
  host: string;
  what: Happening;
}

/**
 * Merges what all hosts saw into one order. A packet that one host sends and the next receives is one event. The kernel's trace of
 * rules has no times: a rule stands at the packet that matched it, before it on the way out and behind it on the way in.
 */
export function mergeSights(
  sights: HostSight[],
  steps: (EnvoyStep & { host: string })[],
  routes: MarkedRoute[],
): TimelineEvent[] {
  const placed = [
    ...packetsOf(sights),
    ...sights.flatMap((sight) => rulesOf(sight, routes)),
    ...sights.flatMap(({ host, notes }) =>
      notes.map(({ at = Infinity, ...what }): Placed => ({ at, order: 0, host, what: what as Happening })),
    ),
    ...steps.map(
      ({ at, host, logger, text }): Placed => ({ at, order: 0, host, what: { kind: 'envoy', logger, text } }),
    ),
  ];
  const known = placed.filter(({ at }) => Number.isFinite(at)).sort((a, b) => a.at - b.at || a.order - b.order);
  const [start, end] = [known[0]?.at ?? 0, known.at(-1)?.at ?? 0];
  const unknown = placed.filter(({ at }) => !Number.isFinite(at)).map((each) => ({ ...each, at: end }));
  return [...known, ...unknown].map(({ at, host, what }) => ({
    ...{ atMs: Math.round((at - start) * 1e6) / 1e3, host },
    ...what,
  }));
}

/** What identifies a packet on its way over a link. */
function key({ protocol, from, to, id, flags, sequence, acknowledged, bytes }: Packet): string {
  return [protocol, from, to, id, flags, sequence, acknowledged, bytes].join(' ');
}

/** The other end of a link: `to-blue` leads to blue, `eth0` back to who has a `to-` of this host. */
function otherEnd(sights: HostSight[], host: string, link: string): string {
  if (link === 'lo') return host;
  const [, named] = /^to-(.+)$/.exec(link) ?? [];
  return named ?? sights.find(({ links }) => Object.values(links).includes(`to-${host}`))?.host ?? host;
}

function packetsOf(sights: HostSight[]): Placed[] {
  const placed: Placed[] = [];
  /** Sent, and not yet seen to arrive. */
  const onTheWay = new Map<string, number>();
  const all = sights.flatMap(({ host, packets, links }) =>
    packets.map((packet) => ({ host, packet, link: links[packet.link] ?? `link ${packet.link}` })),
  );
  // What two hosts' clocks say of one moment is the same clock; of a packet's two sights the sender's is the first.
  all.sort((a, b) => a.packet.at - b.packet.at || (a.packet.direction === 'out' ? -1 : 1));
  for (const { host, packet, link } of all) {
    const other = otherEnd(sights, host, link);
    const { at, link: _, direction, ...rest } = packet;
    const [sender, receiver] = direction === 'out' ? [host, other] : [other, host];
    const way = `${sender} ${receiver} ${key(packet)}`;
    const sent = onTheWay.get(way) ?? 0;
    if (direction === 'in' && sent > 0) {
      onTheWay.set(way, sent - 1);
      continue;
    }
    if (direction === 'out') onTheWay.set(way, sent + 1);
    placed.push({ at, order: 0, host: sender, what: { kind: 'packet', toHost: receiver, link, ...rest } });
  }
  return placed;
}

function rulesOf({ host, packets, links, rules }: HostSight, routes: MarkedRoute[]): Placed[] {
  const placed: Placed[] = [];
  const routed = new Set<string>();
  let last = packets[0]?.at ?? 0;
  rules.forEach((rule, index) => {
    const { packet, ...matched } = rule;
    const { from, to, mark } = packet;
    const seen = packets.find((each) => each.at >= last - CLOSE_S && isSight(each, links[each.link] ?? '', packet));
    const leaving = packet.out !== undefined;
    last = Math.max(last, seen?.at ?? last);
    const order = (leaving ? -1 : 1) + index * 1e-6 * 1;
    placed.push({
      ...{ at: seen?.at ?? last, order, host },
      what: { kind: 'rule', ...matched, from, to, ...given({ mark }) },
    });
    const route = routes.find(
      (each) => each.host === host && each.from === from && each.to === to && each.mark === mark,
    );
    // The kernel routes each packet of a connection the same way: one event for all of them.
    const next = rules[index + 1];
    const more = next?.packet.id === packet.id && next.packet.mark === mark && next.packet.from === from;
    if (!route || more || routed.has(`${from} ${to}`)) return;
    routed.add(`${from} ${to}`);
    const { text } = route;
    placed.push({
      ...{ at: seen?.at ?? last, order: order + 5e-7, host },
      what: { kind: 'route', mark: route.mark, from, to, text },
    });
  });
  return placed;
}

/** Rules are traced in the order of their packets; those of two processors may be a little off. */
const CLOSE_S = 0.001;

/** Whether a capture and the trace of a rule are of the same packet: NAT changes one end of it, or the port of one, and nothing else. */
function isSight(packet: Packet, link: string, traced: MatchedRule['packet']): boolean {
  if (packet.id !== traced.id || packet.flags !== traced.flags) return false;
  const leaving = traced.out !== undefined;
  const there = link === 'lo' ? 'in' : leaving ? 'out' : 'in';
  if (packet.direction !== there) return false;
  // A packet that is redirected to its own host leaves by another link than it was meant to.
  if (!leaving && link !== traced.in) return false;
  return packet.from === traced.from || packet.to === traced.to;
}

import { FIRST_EPHEMERAL_PORT } from '../constants/addresses.ts';
import { loggedLines } from '../exchange/observers/access-log.ts';
import { describeEntry } from '../exchange/observers/conntrack.ts';
import type { Timeline, TimelineEvent } from '../trace/timeline.ts';
import { describeEvent } from '../trace/timeline-text.ts';
import { LANE, Lanes } from './lanes.ts';

/** One request as a page tells it: what is the same each time, in an order that is. */
export interface Story {
  /** What the downstream ran. */
  command: string;
  /** Who takes part, from downstream to upstream. */
  lanes: string[];
  steps: Step[];
  /** What the kernels that have rules track of it. */
  conntrack: string[];
  /** How the command ended, and the first line of what it printed. */
  ended: string;
}

/** Something that is sent from one to another, or that happens at one or between two. */
export type Step = { text: string } & ({ from: string; to: string } | { over: string[] });

/**
 * A time line without what chance decides: times, ports that the kernel picked, acknowledgements, the ends of connections, look-ups of
 * names, how a stream was cut into packets, and all but the first packet of a connection that a rule matched. What is left stands in
 * the order in which it was seen but for two things whose place chance decides: the first request, which may arrive before or after
 * Envoy has taken the connection, and the access log, which may be written before or after the answer is sent.
 */
export function storyOf(timeline: Timeline): Story {
  const { command, hosts, events, conntrack, answer } = timeline;
  const ports = new Ports();
  const lanes = new Lanes(timeline);
  const kept = inOrder(onceEach(events.filter((event) => isTold(event, hosts))));
  const steps = kept.map((event): Step => ({ ...lanes.of(event), text: ports.named(textOf(event)) }));
  const [line] = answer.stdout.split(/\r?\n/, 1);
  const given = answer.status === -1 ? 'it was given up: no answer came' : `exit status ${answer.status}`;
  return {
    command,
    lanes: lanes.sorted([
      LANE.downstream,
      ...steps.flatMap((step) => ('over' in step ? step.over : [step.from, step.to])),
    ]),
    steps,
    conntrack: conntrack.map((entry) => ports.named(describeEntry(entry))).sort(),
    ended: line ? `${given}: ${line.trimEnd()}` : given,
  };
}

function isTold(event: TimelineEvent, hosts: string[]): boolean {
  if (event.kind === 'packet') {
    if (event.protocol !== 'tcp' || event.flags.includes('FIN')) return false;
    return event.text !== '' || /SYN|RST/.test(event.flags);
  }
  // How a packet that its own host sent is routed by its mark cannot be asked as it happened: there is no interface that it came by.
  return event.kind !== 'route' || event.host !== hosts[0];
}

/** What repeats is told once: a packet that is sent again, a rule that matches further packets of a connection. */
function onceEach(events: TimelineEvent[]): TimelineEvent[] {
  const told = new Set<string>();
  return events.filter((event) => {
    const { kind, host } = event;
    const what = () => {
      if (kind === 'rule') return [event.family, event.table, event.chain, event.text, event.from, event.to];
      if (kind === 'packet') return event.text === '' ? [event.flags, event.from, event.to] : undefined;
      return undefined;
    };
    const named = what();
    if (!named) return true;
    const key = JSON.stringify([kind, host, ...named]);
    if (told.has(key)) return false;
    told.add(key);
    return true;
  });
}

function inOrder(events: TimelineEvent[]): TimelineEvent[] {
  const logged = events.filter(({ kind }) => kind === 'access log');
  const others = events.filter(({ kind }) => kind !== 'access log');
  const opening = others.find((event) => event.kind === 'packet');
  const request = others.find(
    (event) =>
      event.kind === 'packet' && event.text !== '' && opening?.kind === 'packet' && event.from === opening.from,
  );
  if (!request) return [...others, ...logged];
  const rest = others.filter((event) => event !== request);
  // Behind the handshake and the rules that it met.
  const next = rest.findIndex((event) => event.kind !== 'packet' && event.kind !== 'rule' && event.kind !== 'route');
  return [...rest.toSpliced(next < 0 ? rest.length : next, 0, request), ...logged];
}

function textOf(event: TimelineEvent): string {
  if (event.kind === 'access log') return `Envoy's access log: ${loggedLines(event.entry).join(' ')}`;
  if (event.kind !== 'packet') return describeEvent(event);
  const { from, to, flags, text } = event;
  return text === '' ? `${flags} ${from} → ${to}` : `${from} → ${to}: ${text}`;
}

/** Gives ports that the kernel picked the same names each time. */
class Ports {
  readonly #names = new Map<string, string>();

  named(text: string): string {
    return text.replace(/(?<=[\d\]]:)\d{5}\b/g, (port) => {
      if (Number(port) < FIRST_EPHEMERAL_PORT) return port;
      const known = this.#names.get(port) ?? `port${this.#names.size + 1}`;
      this.#names.set(port, known);
      return known;
    });
  }
}

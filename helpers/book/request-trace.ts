import { FIRST_EPHEMERAL_PORT } from '../constants/addresses.ts';
import { loggedLines } from '../exchange/observers/access-log.ts';
import { describeEntry } from '../exchange/observers/conntrack.ts';
import type { Timeline, TimelineEvent } from '../trace/timeline.ts';
import { describeEvent } from '../trace/timeline-text.ts';
import { messageOf, UsageError } from '../util/errors.ts';
import { LANE, Lanes } from './lanes.ts';

/** One traced request, reduced to what is the same in every run. */
export interface RequestTrace {
  /** The downstream's command. */
  command: string;
  /** From downstream to upstream. */
  lanes: string[];
  steps: Step[];
  conntrack: string[];
  /** The exit status and the first line of output. */
  ended: string;
}

/** A message from one lane to another, or an event at one or between two. */
type Step = { text: string } & ({ from: string; to: string } | { over: string[] });

/** The text of a chapter's `trace.json`: a line for each step. */
export function formatTrace({ command, lanes, steps, conntrack, ended }: RequestTrace): string {
  const lines = (items: unknown[]): string =>
    items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  const fields = [
    ['command', JSON.stringify(command)],
    ['lanes', JSON.stringify(lanes)],
    ['steps', lines(steps)],
    ['conntrack', lines(conntrack)],
    ['ended', JSON.stringify(ended)],
  ].map(([name, value]) => `  "${name}": ${value}`);
  return `{\n${fields.join(',\n')}\n}\n`;
}

/** @throws UsageError with the file where the text is no trace */
export function parseTrace(text: string, file: string): RequestTrace {
  const hint = 'remove it, and `book` writes it anew';
  let trace: Partial<RequestTrace> | null;
  try {
    trace = JSON.parse(text) as Partial<RequestTrace> | null;
  } catch (error) {
    throw new UsageError(`${file} is not JSON (${messageOf(error)}); ${hint}`);
  }
  if (Array.isArray(trace?.steps) && Array.isArray(trace.lanes)) return trace as RequestTrace;
  throw new UsageError(`${file} has no "steps" and "lanes"; ${hint}`);
}

/**
 * A timeline without what varies between runs: times, ephemeral ports, acknowledgements, ends of
 * connections, DNS, segmentation, and repeated matches of a rule. Events keep their order, but the
 * first request may arrive before Envoy accepts the connection, and the access log may be written
 * before the response: both get a fixed place.
 */
export function requestTraceOf(timeline: Timeline): RequestTrace {
  const { command, hosts, events, conntrack, answer } = timeline;
  const named = portNames();
  const lanes = new Lanes(timeline);
  const kept = inOrder(onceEach(withoutLateResets(events).filter((event) => isShown(event, hosts))));
  const steps = kept.map((event): Step => ({ ...lanes.of(event), text: named(textOf(event)) }));
  const [line] = answer.stdout.split(/\r?\n/, 1);
  const given = answer.status === -1 ? 'timeout: no response' : `exit status ${answer.status}`;
  const taking = steps.flatMap((step) => ('over' in step ? step.over : [step.from, step.to]));
  return {
    command,
    lanes: lanes.sorted([LANE.downstream, ...taking]),
    steps,
    conntrack: conntrack.map((entry) => named(describeEntry(entry))).sort(),
    ended: line ? `${given}: ${line.trimEnd()}` : given,
  };
}

/**
 * Drops resets of connections that an end has been sent to already: a kernel answers what arrives after its
 * program has closed the socket, such as a close_notify of TLS, which may arrive before or not at all.
 */
function withoutLateResets(events: TimelineEvent[]): TimelineEvent[] {
  const ending = new Set<string>();
  return events.filter((event) => {
    if (event.kind !== 'packet') return true;
    const connection = [event.from, event.to].sort().join(' ');
    if (event.flags.includes('FIN')) ending.add(connection);
    return !(event.flags.includes('RST') && ending.has(connection));
  });
}

function isShown(event: TimelineEvent, hosts: string[]): boolean {
  if (event.kind === 'packet') {
    if (event.protocol !== 'tcp' || event.flags.includes('FIN')) return false;
    return event.text !== '' || /SYN|RST/.test(event.flags);
  }
  // The route of a locally sent packet cannot be looked up by its mark: it came by no interface.
  return event.kind !== 'route' || event.host !== hosts[0];
}

/** Drops retransmitted packets, and further packets of a connection that match the same rule. */
function onceEach(events: TimelineEvent[]): TimelineEvent[] {
  const keys = events.map((event) => {
    const { kind, host } = event;
    if (kind === 'rule')
      return JSON.stringify([kind, host, event.family, event.table, event.chain, event.text, event.from, event.to]);
    if (kind === 'packet' && event.text === '') return JSON.stringify([kind, host, event.flags, event.from, event.to]);
    return undefined;
  });
  return events.filter((_, at) => keys[at] === undefined || keys.indexOf(keys[at]) === at);
}

function inOrder(events: TimelineEvent[]): TimelineEvent[] {
  const logged = events.filter(({ kind }) => kind === 'access log');
  const others = events.filter(({ kind }) => kind !== 'access log');
  const packets = others.filter((event) => event.kind === 'packet');
  const [first] = packets;
  const answer = packets.findIndex(({ text, from }) => text !== '' && from !== first?.from);
  // Of several segments, such as a PROXY protocol header and what follows it, those before the answer.
  const request = packets
    .slice(0, answer < 0 ? packets.length : answer)
    .filter(({ text, from }) => text !== '' && from === first?.from);
  const rest = others.filter((event) => !request.some((segment) => segment === event));
  // After the handshake and the rules that it matched.
  const next = rest.findIndex(({ kind }) => kind !== 'packet' && kind !== 'rule' && kind !== 'route');
  return [...rest.toSpliced(next < 0 ? rest.length : next, 0, ...request), ...logged];
}

function textOf(event: TimelineEvent): string {
  if (event.kind === 'access log') return `Envoy's access log: ${loggedLines(event.entry).join(' ')}`;
  if (event.kind !== 'packet') return describeEvent(event);
  const { from, to, flags, text } = event;
  return text === '' ? `${flags} ${from} → ${to}` : `${from} → ${to}: ${text}`;
}

/** Replaces ephemeral ports in texts by names in the order of their appearance. */
function portNames(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) =>
    text.replace(/(?<=[\d\]]:|^.*: PROXY TCP[46] \S+ \S+ )\d{5}\b/g, (port) => {
      if (Number(port) < FIRST_EPHEMERAL_PORT) return port;
      const name = names.get(port) ?? `port${names.size + 1}`;
      names.set(port, name);
      return name;
    });
}

import { loggedLine } from '../exchange/observers/access-log.ts';
import { describeCheck } from '../exchange/observers/checks.ts';
import { describeEntry } from '../exchange/observers/conntrack.ts';
import { commentOf } from '../netfilter/rules.ts';
import type { Timeline, TimelineEvent } from './timeline.ts';

/** A time line as a sequence diagram for a terminal: a column a host, time downwards. */
export function formatTimeline(timeline: Timeline): string {
  const { slug, envoy, command, hosts, events, conntrack, answer, lacks } = timeline;
  const width = Math.max(...hosts.map((name) => name.length)) + 4;
  const head = hosts
    .map((name) => name.padEnd(width))
    .join('')
    .trimEnd();
  const lines = events.map(
    (event) => `${event.atMs.toFixed(3).padStart(TIME_WIDTH)}  ${lanes(hosts, width, event)}  ${describeEvent(event)}`,
  );
  const tracked = conntrack.map((entry) => `tracked by ${describeEntry(entry)}`);
  const ended = `\`${command}\` ended with exit status ${answer.status}`;
  return [
    `${slug}${envoy === undefined ? '' : ` on Envoy ${envoy}`}: ${command}`,
    [`${'ms'.padStart(TIME_WIDTH)}  ${head}`, ...lines].join('\n'),
    ...(tracked.length > 0 ? [tracked.join('\n')] : []),
    ...(lacks.length > 0 ? [lacks.map((lack) => `not watched: ${lack}`).join('\n')] : []),
    [
      ended,
      (answer.stdout || answer.stderr)
        .trimEnd()
        .replaceAll('\r', '')
        .replace(/^(?=.)/gm, '  '),
    ].join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

const TIME_WIDTH = 9;

/** A line of the diagram: a line a host; an arrow for what goes from one to another, a dot for what happens on one. */
function lanes(hosts: string[], width: number, event: TimelineEvent): string {
  const cells: string[] = Array.from({ length: (hosts.length - 1) * width + 1 }, (_, at) =>
    at % width === 0 ? '│' : ' ',
  );
  const from = hosts.indexOf(event.host) * width;
  const to = event.kind === 'packet' ? hosts.indexOf(event.toHost) * width : from;
  if (from < 0 || to < 0) return cells.join('');
  for (let at = Math.min(from, to) + 1; at < Math.max(from, to); at++) cells[at] = '─';
  if (to > from) cells[to - 1] = '▶';
  if (to < from) cells[to + 1] = '◀';
  if (to === from) cells[from] = event.kind === 'packet' ? '↻' : '●';
  return cells.join('');
}

/** A time line as a Mermaid sequence diagram: https://mermaid.js.org/syntax/sequenceDiagram.html */
export function mermaidOf({ hosts, events }: Timeline): string {
  return [
    'sequenceDiagram',
    ...hosts.map((name) => `  participant ${name}`),
    ...events.map((event) => {
      // Both mean something to Mermaid.
      const text = describeEvent(event).replaceAll(/[#;]/g, (mark) => `#${mark.charCodeAt(0)};`);
      return event.kind === 'packet'
        ? `  ${event.host}->>${event.toHost}: ${text}`
        : `  Note over ${event.host}: ${text}`;
    }),
  ]
    .join('\n')
    .concat('\n');
}

/** What happened, in a line. */
export function describeEvent(event: TimelineEvent): string {
  switch (event.kind) {
    case 'packet': {
      const { protocol, from, to, flags, bytes, text } = event;
      const what = protocol === 'udp' ? 'UDP' : flags;
      const load = bytes === 0 ? '' : text === '' ? `, ${bytes} bytes` : `, ${bytes} bytes: ${text}`;
      return `${what} ${from} → ${to}${load}`;
    }
    case 'rule': {
      const { family, table, chain, text, comment, verdict, mark } = event;
      const where = `${family === 'ipv6' ? 'ip6 ' : ''}${table} ${chain}`;
      const rule = comment === undefined ? text : withoutComment(text);
      const effect =
        verdict === 'CONTINUE'
          ? ''
          : ` (${verdict.toLowerCase().replace(/^jump:(.*)/, (_, to: string) => `on to ${to.toUpperCase()}`)})`;
      return `rule ${where}${comment === undefined ? '' : ` “${comment}”`}: ${rule}${effect}${mark === undefined ? '' : `, its mark is ${mark}`}`;
    }
    case 'route':
      return `route by mark ${event.mark}: ${event.text}`;
    case 'envoy':
      return `Envoy, ${event.logger}: ${event.text}`;
    case 'check':
      return `the authorization service is asked: ${describeCheck(event.check)}`;
    case 'metadata': {
      const { method, path, status, remote } = event.request;
      return `the metadata service is asked by ${remote}: ${method} ${path}, and answers ${status}`;
    }
    case 'received': {
      const { servedBy, method, path, httpVersion, local, remote } = event.received;
      return `${servedBy} receives ${method} ${path} HTTP/${httpVersion} from ${remote} at ${local}`;
    }
    case 'access log':
      return `Envoy's access log: ${loggedLine(event.entry)}`;
  }
}

/** A rule without its chain, which stands before it, and its comment. */
function withoutComment(text: string): string {
  const rest = text.replace(/^-A \S+ /, '').replace(/-m comment --comment ("(?:[^"\\]|\\.)*"|\S+) ?/, '');
  return commentOf(rest) === undefined ? rest.trim() : text;
}

import { loggedLine } from '../exchange/observers/access-log.ts';
import { describeCheck } from '../exchange/observers/checks.ts';
import { describeEntry } from '../exchange/observers/conntrack.ts';
import { indented } from '../report/wording.ts';
import { STUBS } from '../scenario/stub-names.ts';
import type { Timeline, TimelineEvent } from './timeline.ts';

/** A timeline as a sequence diagram for a terminal: one column per host, time downwards. */
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
  const printed = (answer.stdout || answer.stderr).trimEnd().replaceAll('\r', '');
  const paragraphs = [
    [`${slug}${envoy === undefined ? '' : ` on Envoy ${envoy}`}: ${command}`],
    [`${'ms'.padStart(TIME_WIDTH)}  ${head}`, ...lines],
    conntrack.map((entry) => `conntrack, ${describeEntry(entry)}`),
    lacks.map((lack) => `not traced: ${lack}`),
    [`\`${command}\` ended with exit status ${answer.status}`, indented(printed, 2)],
  ];
  const shown = paragraphs.filter((paragraph) => paragraph.length > 0).map((paragraph) => paragraph.join('\n'));
  return `${shown.join('\n\n')}\n`;
}

const TIME_WIDTH = 9;

/** A line of the diagram: a bar per host, an arrow for a packet, a dot for any other event. */
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

/** A timeline as a Mermaid sequence diagram: https://mermaid.js.org/syntax/sequenceDiagram.html */
export function mermaidOf({ hosts, events }: Timeline): string {
  const steps = events.map((event) => {
    // Mermaid interprets both characters.
    const text = describeEvent(event).replaceAll(/[#;]/g, (sign) => `#${sign.charCodeAt(0)};`);
    const at = event.kind === 'packet' ? `${event.host}->>${event.toHost}` : `Note over ${event.host}`;
    return `  ${at}: ${text}\n`;
  });
  return ['sequenceDiagram\n', ...hosts.map((name) => `  participant ${name}\n`), ...steps].join('');
}

/** An event in one line. */
export function describeEvent(event: TimelineEvent): string {
  switch (event.kind) {
    case 'packet': {
      const { protocol, from, to, flags, bytes, text } = event;
      const load = bytes === 0 ? '' : text === '' ? `, ${bytes} bytes` : `, ${bytes} bytes: ${text}`;
      return `${protocol === 'udp' ? 'UDP' : flags} ${from} → ${to}${load}`;
    }
    case 'rule': {
      const { family, table, chain, text, comment, verdict, mark } = event;
      const where = `${{ ipv4: '', ipv6: 'ip6 ', inet: 'inet ' }[family]}${table} ${chain}`;
      const rule = comment === undefined ? text : withoutComment(text.replace(/^-A \S+ /, ''));
      const target = verdict.toLowerCase().replace(/^jump:(.*)/, (_, to: string) => `jump to ${to.toUpperCase()}`);
      return `rule ${where}${comment === undefined ? '' : ` “${comment}”`}: ${rule}${verdict === 'CONTINUE' ? '' : ` (${target})`}${mark === undefined ? '' : `, mark ${mark}`}`;
    }
    case 'route':
      return `route by mark ${event.mark}: ${event.text}`;
    case 'envoy':
      return `Envoy, ${event.logger}: ${event.text}`;
    case 'check':
      return `the authorization service receives ${describeCheck(event.check)}`;
    case 'call':
      return `the ${STUBS[event.stub].name} receives ${event.text}`;
    case 'metadata': {
      const { method, path, status, remote } = event.request;
      return `the metadata service receives ${method} ${path} from ${remote}, returns ${status}`;
    }
    case 'received': {
      const { servedBy, method, path, httpVersion, local, remote } = event.received;
      return `${servedBy} receives ${method} ${path} HTTP/${httpVersion} from ${remote} at ${local}`;
    }
    case 'access log':
      return `Envoy logs ${loggedLine(event.entry)}`;
  }
}

/** An iptables rule without its comment. */
export function withoutComment(rule: string): string {
  return rule.replace(/-m comment --comment ("(?:[^"\\]|\\.)*"|\S+) ?/, '').trim();
}

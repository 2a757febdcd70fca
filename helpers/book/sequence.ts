import { wrapped } from '../report/wrap.ts';
import { LANE } from './lanes.ts';
import type { RequestTrace } from './request-trace.ts';

/** A note over lanes, or a message from one to another. */
type Drawn = { over: string[]; texts: string[] } | { from: string; to: string; text: string };

/** A traced request for https://mermaid.js.org/syntax/sequenceDiagram.html */
export function sequenceOf({ lanes, steps, command, conntrack, ended }: RequestTrace): string {
  const id = (lane: string): string => `lane${lanes.indexOf(lane) + 1}`;
  const all: Drawn[] = [
    { over: [LANE.downstream], texts: [command] },
    ...steps.map((step) => ('over' in step ? { over: step.over, texts: [step.text] } : step)),
    { over: [LANE.downstream], texts: [ended] },
    ...(conntrack.length > 0 ? [{ over: lanes.slice(0, 2), texts: ['conntrack entries:', ...conntrack] }] : []),
  ];
  return [
    'sequenceDiagram',
    ...lanes.map((lane) => `  participant ${id(lane)} as ${escaped(lane)}`),
    ...notesJoined(all).map((step) =>
      'over' in step
        ? `  Note over ${step.over.map(id).join(',')}: ${step.texts.map(label).join('<br>')}`
        : `  ${id(step.from)}->>${id(step.to)}: ${label(step.text)}`,
    ),
  ].join('\n');
}

/** Notes in a row over the same lanes are one note. */
function notesJoined(steps: Drawn[]): Drawn[] {
  const joined: Drawn[] = [];
  for (const step of steps) {
    const last = joined.at(-1);
    if (last && 'over' in last && 'over' in step && last.over.join() === step.over.join())
      joined.splice(-1, 1, { over: last.over, texts: [...last.texts, ...step.texts] });
    else joined.push(step);
  }
  return joined;
}

/** The longest line of a label, in characters. */
const WIDTH = 56;

/** A label in lines, without the characters that Mermaid or a browser interprets. */
function label(text: string): string {
  return escaped(wrapped(text, WIDTH)).replaceAll('\n', '<br>');
}

function escaped(text: string): string {
  return text.replaceAll(/[#;<>"{}]/g, (mark) => `#${mark.charCodeAt(0)};`);
}

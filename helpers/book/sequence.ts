import { wrapped } from '../report/wrap.ts';
import { LANE } from './lanes.ts';
import type { Story } from './story.ts';

/** A traced request for https://mermaid.js.org/syntax/sequenceDiagram.html */
export function sequenceOf({ lanes, steps, command, ended }: Story): string {
  const id = (lane: string): string => `lane${lanes.indexOf(lane) + 1}`;
  const note = (over: string[], text: string): string => `  Note over ${over.map(id).join(',')}: ${label(text)}`;
  return [
    'sequenceDiagram',
    ...lanes.map((lane) => `  participant ${id(lane)} as ${escaped(lane)}`),
    note([LANE.downstream], command),
    ...steps.map((step) =>
      'over' in step ? note(step.over, step.text) : `  ${id(step.from)}->>${id(step.to)}: ${label(step.text)}`,
    ),
    note([LANE.downstream], ended),
  ].join('\n');
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

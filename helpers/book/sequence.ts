import { LANE } from './lanes.ts';
import type { Story } from './story.ts';

/** A traced request as a Mermaid sequence diagram: https://mermaid.js.org/syntax/sequenceDiagram.html */
export function sequenceOf({ lanes, steps, command, ended }: Story): string {
  const id = (lane: string): string => `lane${lanes.indexOf(lane) + 1}`;
  const note = (over: string[], text: string): string => `  Note over ${over.map(id).join(',')}: ${wrapped(text)}`;
  return [
    'sequenceDiagram',
    ...lanes.map((lane) => `  participant ${id(lane)} as ${escaped(lane)}`),
    note([LANE.downstream], command),
    ...steps.map((step) =>
      'over' in step ? note(step.over, step.text) : `  ${id(step.from)}->>${id(step.to)}: ${wrapped(step.text)}`,
    ),
    note([LANE.downstream], ended),
  ].join('\n');
}

/** Characters that a line of a diagram has room for. */
const WIDTH = 56;

function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map(escaped).join('<br>');
}

/** Without what means something to Mermaid or to a browser. */
function escaped(text: string): string {
  return text.replaceAll(/[#;<>"{}]/g, (mark) => `#${mark.charCodeAt(0)};`);
}

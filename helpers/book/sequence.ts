import type { Story } from './story.ts';

/** A traced request as a Mermaid sequence diagram: https://mermaid.js.org/syntax/sequenceDiagram.html */
export function sequenceOf({ hosts, steps, command, ended }: Story): string {
  const [first = ''] = hosts;
  return [
    'sequenceDiagram',
    ...hosts.map((name) => `  participant ${name}`),
    `  Note over ${first}: ${escaped(command)}`,
    ...steps.map(({ host, to, text }) =>
      to === undefined ? `  Note over ${host}: ${escaped(text)}` : `  ${host}->>${to}: ${escaped(text)}`,
    ),
    `  Note over ${first}: ${escaped(ended)}`,
  ].join('\n');
}

/** Without what means something to Mermaid or to a browser. */
function escaped(text: string): string {
  return text.replaceAll(/[#;<>"{}]/g, (mark) => `#${mark.charCodeAt(0)};`);
}

/** A part of a text that may be absent. */
export type Part = string | false | undefined;

/** The parts that are there and not empty. */
export function present(parts: Part[]): string[] {
  return parts.flatMap((part) => part || []);
}

/** Text in Markdown that renders as it is, on a code host and in VitePress. */
export function prose(text: string): string {
  return withEntities(text.replaceAll(/[\\`*_[\]|~#]/g, '\\$&'));
}

/** Text within HTML, which Markdown does not parse. */
export function html(text: string): string {
  return withEntities(text).replaceAll(/[*_`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Without the characters that HTML and the templates of Vue interpret. */
function withEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('{{', '&#123;&#123;');
}

/** Code within a line. */
export function code(text: string): string {
  const fence = fenceOf(text, 1);
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

/** A block of code. */
export function block(language: string, text: string): string {
  const fence = fenceOf(text, 3);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

/** More backticks than a text holds in a row, so that no text can end its fence. */
function fenceOf(text: string, least: number): string {
  return '`'.repeat(Math.max(least, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
}

/** @param summary HTML, which Markdown does not parse */
export function details(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** A table; its cells are Markdown. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((text) => text.replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function list(items: Part[]): string {
  return present(items)
    .map((item) => `- ${item.replaceAll('\n', '\n  ')}`)
    .join('\n');
}

/** A text as the name of an anchor: letters, digits and hyphens. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

const GENERATED = '<!-- Made by `npm run book` from scenarios and runs: change those. -->';

/** Whether a page of docs/ is generated, and not written by hand. */
export function isGenerated(text: string): boolean {
  return text.includes(`\n${GENERATED}\n`);
}

/** A page: its front matter, and its parts with an empty line between. */
export function page({ title, description }: { title: string; description: string }, parts: Part[]): string {
  const front = ['---', `title: ${JSON.stringify(title)}`, `description: ${JSON.stringify(description)}`, '---'];
  return `${present([front.join('\n'), GENERATED, `# ${prose(title)}`, ...parts]).join('\n\n')}\n`;
}

/** A text with its web addresses as links. */
export function linked(text: string): string {
  return text
    .split(/(https:\/\/[^\s;,)]+)/)
    .map((part, at) => (at % 2 === 0 ? prose(part) : `[${prose(part.replace('https://', ''))}](${part})`))
    .join('');
}

/** A text that is no Markdown, so that it reads as it is, on a code host and in VitePress. */
export function prose(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('{{', '&#123;&#123;');
}

/** Code within a line. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

/** A block of code, fenced with more backticks than it holds in a row. */
export function block(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

/** A part that a reader opens. Its summary is Markdown, which HTML does not read: it may hold text and code alone. */
export function details(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** A table; its cells are Markdown. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((text) => text.replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function list(items: string[]): string {
  return items.map((item) => `- ${item.replaceAll('\n', '\n  ')}`).join('\n');
}

/** A place that a link can name, whatever a generator makes of the heading behind it. */
export function anchor(id: string): string {
  return `<a id="${id}"></a>`;
}

/** A text as the name of an anchor: letters, digits and hyphens. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** A page: its front matter, and its parts with a line between. */
export function page({ title, description }: { title: string; description: string }, parts: string[]): string {
  const front = ['---', `title: ${JSON.stringify(title)}`, `description: ${JSON.stringify(description)}`, '---'];
  const made = '<!-- Made by `npm run book` from scenarios and runs: change those. -->';
  return [front.join('\n'), made, `# ${prose(title)}`, ...parts.filter((part) => part !== '')]
    .join('\n\n')
    .concat('\n');
}

/** A text with its addresses on the web as links. */
export function linked(text: string): string {
  return text
    .split(/(https:\/\/[^\s;,)]+)/)
    .map((part, at) => (at % 2 === 0 ? prose(part) : `[${prose(part.replace('https://', ''))}](${part})`))
    .join('');
}

/** A text within HTML, which Markdown does not read. */
export function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('{{', '&#123;&#123;')
    .replaceAll('*', '&#42;')
    .replaceAll('_', '&#95;')
    .replaceAll('`', '&#96;');
}

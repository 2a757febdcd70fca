import type { ClaimRecord } from '../../record/record.ts';
import { MARKS } from '../../record/verdict.ts';
import { type Content, Html, html } from '../html.ts';

/** A table that scrolls if it is wider than the page; the tab stop makes it scroll by keyboard. */
export function table(caption: string, heads: string[], rows: Html[][]): Html {
  const cells = heads.map((title) => html`<th scope="col">${title}</th>`);
  const head = heads.length > 0 ? html`<thead><tr>${cells}</tr></thead>\n` : undefined;
  return html`<p class="caption">${caption}</p>
<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table>
${head}<tbody>
${rows.map((cells) => html`<tr>${cells}</tr>\n`)}</tbody>
</table></div>
`;
}

/** Preformatted text in a box that scrolls by itself, or whose lines wrap. */
export function block(text: Content, label: string, lines: 'scroll' | 'wraps' = 'scroll'): Html {
  const style = lines === 'wraps' ? new Html(' class="wraps"') : undefined;
  return html`<pre${style} role="group" aria-label="${label}" tabindex="0">${text}</pre>\n`;
}

/** A command, which wraps; the page's script adds a button that copies it. */
export function command(text: string, label: string): Html {
  return html`<div class="command"><pre class="wraps" role="group" aria-label="${label}" tabindex="0">${text}</pre></div>\n`;
}

/** A section with its content, closed unless `open`. */
export function details(summary: Content, content: Content, { open = false } = {}): Html {
  return html`<details${new Html(open ? ' open' : '')}>
<summary>${summary}</summary>
${content}</details>
`;
}

/** The sign of an outcome, which a screen reader passes over. */
export function markOf(outcome: ClaimRecord['outcome']): Html {
  return html`<span aria-hidden="true">${MARKS[outcome]}</span>`;
}

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

/** A value in a template: text is escaped, `undefined` is empty, lists are joined. */
export type Content = Html | string | number | undefined | readonly Content[];

/** A template of HTML. Values are escaped for elements and quoted attributes, unless `Html`. */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Html {
  return new Html(strings.map((text, at) => text + textOf(contents[at])).join(''));
}

function textOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(textOf).join('');
  return escaped(String(content));
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// Control characters that are parse errors in HTML. A browser may drop them silently.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_HTML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

function escaped(text: string): string {
  return text.replace(NOT_HTML, '\ufffd').replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

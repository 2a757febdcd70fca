/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: text is escaped, `undefined` is nothing, of several each stands behind the other. */
export type Content = Html | string | number | undefined | readonly Content[];

/** A template of HTML, fit for elements and for attribute values in double quotes: what is put in stands there as text, unless it is `Html`. */
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

// What the standard calls a parse error: controls that are no white space. A browser may drop them, so that text would look as if it were whole.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_HTML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

function escaped(text: string): string {
  return text.replace(NOT_HTML, '\ufffd').replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

import type { RawHeader } from './wire.ts';

/** Longer texts are cut in descriptions: a body may be a page of Envoy's. */
const LONGEST = 300;

/** The beginning of a text that is too long for a line. */
export function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Headers that the book's programs send with every request, or every server with every reply. */
const USUAL = new Set(
  [
    'accept',
    'accept-encoding',
    'accept-language',
    'connection',
    'date',
    'keep-alive',
    'sec-fetch-mode',
    'user-agent',
  ].concat(['content-length', 'transfer-encoding', 'x-request-id']),
);

/** The headers of a message that are not usual, a line each. */
export function headerLines(headers: RawHeader[]): string[] {
  return headers.filter(([name]) => !USUAL.has(name.toLowerCase())).map(([name, value]) => `  ${name}: ${cut(value)}`);
}

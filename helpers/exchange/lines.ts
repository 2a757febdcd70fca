import type { RawHeader } from './wire.ts';

/** Longest text in a description: a body may be a whole page of Envoy's. */
const LONGEST = 300;

/** Shortens a text that is too long for a line. */
export function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Headers that clients send with every request, or servers with every response. */
const USUAL =
  /^(accept(-encoding|-language)?|connection|content-length|date|keep-alive|sec-fetch-mode|transfer-encoding|user-agent|x-request-id)$/i;

/** The unusual headers of a message, a line each. */
export function headerLines(headers: RawHeader[]): string[] {
  return headers.filter(([name]) => !USUAL.test(name)).map(([name, value]) => `  ${name}: ${cut(value)}`);
}

import { OutcomeError } from '../util/errors.ts';
import type { RawHeader } from './wire.ts';

/** An HTTP message whose headers a claim can query. */
export abstract class Message<T extends { headers: RawHeader[] }> {
  constructor(readonly raw: T) {}

  /** The values of a header, one per line, in wire order. The name is case-insensitive. */
  lines(name: string): string[] {
    return this.raw.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  }

  /** A header's only value, if any. @throws OutcomeError where the header has several lines */
  header(name: string): string | undefined {
    const lines = this.lines(name);
    if (lines.length > 1) {
      throw new OutcomeError(`the header "${name}" has ${lines.length} lines, expected one: ${lines.join(' | ')}`);
    }
    return lines[0];
  }

  toJSON(): T {
    return this.raw;
  }
}

/** The keys in a record of what a claim reads from a message by `keys`. */
export function recordedMessageKeys({ raw }: Message<{ headers: RawHeader[] }>, keys: string[]): string[] {
  const [first, ...rest] = keys[0] === 'raw' ? keys.slice(1) : keys;
  if (first === undefined) return [];
  if (first === 'header' || first === 'lines') return ['headers', ...rest];
  const [line] = first === 'headers' ? (raw.headers[Number(rest[0])] ?? []) : [];
  return line === undefined ? [first, ...rest] : ['headers', line];
}

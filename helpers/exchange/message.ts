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
      throw new OutcomeError(`the header "${name}" stands on ${lines.length} lines: ${lines.join(' | ')}`);
    }
    return lines[0];
  }

  toJSON(): T {
    return this.raw;
  }
}

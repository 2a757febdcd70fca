import { OutcomeError } from '../util/errors.ts';
import type { RawHeader } from './wire.ts';

/** The headers of an HTTP message, as claims ask for them. */
export abstract class Message<T extends { headers: RawHeader[] }> {
  constructor(readonly raw: T) {}

  /** The values of a header, a line each, in wire order; names compare as HTTP does, without regard to case. */
  lines(name: string): string[] {
    return this.raw.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  }

  /** A header's only value; undefined where it is absent. Throws where it stands on several lines. */
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

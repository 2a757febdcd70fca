import { OutcomeError } from '../util/errors.ts';
import type { Certificate, RawHeader, Received } from './observation.ts';
import type { ClientReply } from './protocol.ts';

/** What an HTTP message's headers are asked for, by claims. */
abstract class Message<T extends { headers: RawHeader[] }> {
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

/** What a downstream got. */
export class ReplySeen extends Message<ClientReply> {
  /** Its status, or the name of how the connection or the request ended without one: `ECONNREFUSED`, `timeout`, `closed`. */
  get outcome(): number | string {
    return this.raw.status ?? this.raw.ended?.code ?? 'nothing';
  }

  get body(): string {
    return this.raw.body;
  }

  /** Throws where there is no answer that could have headers, and says how the request ended instead. */
  override lines(name: string): string[] {
    const { status, ended } = this.raw;
    if (status === undefined && ended)
      throw new OutcomeError(`there is no answer to have a header "${name}": ${ended.code}, ${ended.message}`);
    return super.lines(name);
  }

  /** The upstream that answered, in its own words. */
  get servedBy(): string | undefined {
    return this.header('x-served-by');
  }

  /** Where the downstream called from, and what it believes that it is connected to. */
  get local(): string | undefined {
    return this.raw.local;
  }

  get remote(): string | undefined {
    return this.raw.remote;
  }

  /** The certificate of the TLS server that it is connected to, in whatever way. */
  get certificate(): Certificate | undefined {
    return this.raw.certificate;
  }

  /** SHA-256 of the body, hexadecimal, and its length. */
  get digest(): { bytes: number; sha256: string } {
    return { bytes: this.raw.bodyBytes, sha256: this.raw.bodySha256 };
  }
}

/** What an upstream received. */
export class RequestSeen extends Message<Received> {
  get servedBy(): string {
    return this.raw.servedBy;
  }

  get path(): string {
    return this.raw.path;
  }

  get local(): string {
    return this.raw.local;
  }

  get remote(): string {
    return this.raw.remote;
  }
}

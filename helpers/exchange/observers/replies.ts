import { valueDifferences } from '../../compare/value-differences.ts';
import { OutcomeError } from '../../util/errors.ts';
import { cut, headerLines } from '../lines.ts';
import { Message } from '../message.ts';
import type { RawHeader, SocketAddress } from '../wire.ts';
import { type Observer, onceEach } from './observer.ts';

/** How a connection or a request ended without an answer: the system's or the client's own name for it. */
export interface Ending {
  /** `ECONNREFUSED`, `ECONNRESET`, `closed`, `timeout`, `EHOSTUNREACH`, … */
  code: string;
  message: string;
}

/** A TLS server's certificate, as the downstream saw it. */
export interface Certificate {
  /** `CN=blue`. */
  subject: string;
  issuer: string;
  /** `DNS:blue, IP Address:198.51.100.10`. */
  altNames: string;
  /** SHA-256 of the whole, hexadecimal, a colon between two bytes. */
  fingerprint: string;
}

/** What the downstream got. Either `status` or `ended` is there; both of a WebSocket, which ends with a code of its own. */
export interface Reply {
  status?: number;
  /** Raw headers in wire order, duplicates kept. */
  headers: RawHeader[];
  body: string;
  /** The downstream's own socket: where it called from and what it believes that it is connected to. */
  local?: SocketAddress;
  remote?: SocketAddress;
  /** The certificate that the other end of the TLS connection proved to hold. */
  certificate?: Certificate;
  ended?: Ending;
}

export interface ClientReply extends Reply {
  bodyBytes: number;
  /** SHA-256 of the body, hexadecimal. */
  bodySha256: string;
}

/** What a downstream got, for claims. */
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

export const replies: Observer<ReplySeen[], Reply[]> = {
  title: 'the downstream got',
  nothing: [],
  record: (seen) =>
    seen.map(({ raw: { bodyBytes, bodySha256, ...reply } }) => ({
      ...reply,
      body: reply.body || (bodyBytes > 0 ? `${bodyBytes} bytes, SHA-256 ${bodySha256}` : ''),
    })),
  settle: onceEach,
  describe: (all, { received }) => all.flatMap((reply) => describe(reply, received)),
  differences: (a, b, { received }) => {
    const found = valueDifferences('replies', a, b);
    // The body of an upstream's reply repeats what it received, which is compared as such.
    return received
      ? found.filter(({ path }) => !/^replies\[\d+\]\.body\.(headers|local|remote|path|tls)\b/.test(path))
      : found;
  },
};

/** @param received whether an upstream reports what it received: its reply repeats that */
function describe({ status, headers, body, local, remote, certificate, ended }: Reply, received: boolean): string[] {
  const ends = local !== undefined && remote !== undefined ? ` (${local} → ${remote})` : '';
  const repeats = received && body.startsWith('{');
  const lines = body.trimEnd() === '' || repeats ? [] : cut(body.trimEnd()).split('\n');
  return [
    ...(status === undefined ? [] : [`${status}${ends}`]),
    ...headerLines(headers),
    ...(certificate ? [`  certificate ${certificate.subject}, issued by ${certificate.issuer}`] : []),
    ...lines.map((line) => `  ${line}`),
    ...(ended ? [ended.message === '' ? ended.code : `${ended.code}: ${cut(ended.message)}`] : []),
  ];
}

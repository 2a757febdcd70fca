import { OutcomeError } from '../../util/errors.ts';
import { given } from '../../util/given.ts';
import type { ReceivedFrame } from '../http2/frame.ts';
import { describeFrames, recordedFrameKeys, recordedFrames, shortened } from '../http2/recorded-frames.ts';
import { cut, headerLines } from '../lines.ts';
import { Message, recordedMessageKeys } from '../message.ts';
import { serverHello } from '../server-hello.ts';
import type { RawHeader, SocketAddress } from '../wire.ts';
import { type Observer, onceEach } from './observer.ts';

/** The error that ended a connection or a request, as the system or the client names it. */
export interface Ending {
  /** `ECONNREFUSED`, `ECONNRESET`, `closed`, `timeout`, `EHOSTUNREACH`, … */
  code: string;
  message: string;
}

/** A TLS server's certificate. */
export interface Certificate {
  /** `CN=blue`. */
  subject: string;
  issuer: string;
  /** `DNS:blue, IP Address:198.51.100.10`. */
  altNames: string;
  /** SHA-256 in hexadecimal, a colon between two bytes. */
  fingerprint: string;
}

/** The negotiated parameters of a TLS connection, as its client sees them. */
export interface ReplyTls {
  /** `TLSv1.3`. */
  version: string;
  /** `TLS_AES_128_GCM_SHA256`. */
  cipher: string;
  /** The key-exchange group: `X25519`. Absent where the program does not report it. */
  group?: string;
  /** The negotiated protocol: `http/1.1`. */
  alpn?: string;
}

/**
 * The result of a request: `status` or `ended`, or both for a WebSocket, which has a close code.
 */
export interface Reply {
  status?: number;
  headers: RawHeader[];
  body: string;
  /** Both addresses of the downstream's socket. */
  local?: SocketAddress;
  remote?: SocketAddress;
  certificate?: Certificate;
  tls?: ReplyTls;
  ended?: Ending;
  /** The HTTP/2 frames that a script received. */
  frames?: ReceivedFrame[];
  /** The statuses of responses before the final one: 100, 103. */
  informational?: number[];
}

export interface ClientReply extends Reply {
  bodyBytes: number;
  /** SHA-256 of the body, hexadecimal. */
  bodySha256: string;
}

/** A reply, for claims. */
export class ReplySeen extends Message<ClientReply> {
  /** The status, or the error code without one: `ECONNREFUSED`, `timeout`, `closed`. */
  readonly outcome: number | string = this.raw.status ?? this.raw.ended?.code ?? 'nothing';
  readonly body = this.raw.body;
  readonly local = this.raw.local;
  readonly remote = this.raw.remote;
  readonly certificate = this.raw.certificate;
  readonly tls = this.raw.tls;
  /** The HTTP/2 frames that a script received, in order. */
  readonly frames = this.raw.frames ?? [];
  /** Length and SHA-256 of the body. */
  readonly digest = { bytes: this.raw.bodyBytes, sha256: this.raw.bodySha256 };

  /** @throws OutcomeError where the request ended without an answer */
  override lines(name: string): string[] {
    const { status, ended } = this.raw;
    if (status === undefined && ended)
      throw new OutcomeError(`no response, so no header "${name}": ${ended.code}, ${ended.message}`);
    return super.lines(name);
  }

  /** The name of the upstream that answered. */
  get servedBy(): string | undefined {
    return this.header('x-served-by');
  }
}

/** The longest body of a reply that a record keeps whole, in bytes. */
const LONGEST_BODY = 10_000;

export const replies: Observer<ReplySeen[], Reply[]> = {
  title: 'the downstream received',
  nothing: [],
  record: (seen) =>
    seen.map(({ raw: { bodyBytes, bodySha256, frames, ...reply } }) => ({
      ...reply,
      ...given({ frames: frames && recordedFrames(frames) }),
      body:
        bodyOf(reply.body, frames !== undefined) || (bodyBytes > 0 ? `${bodyBytes} bytes, SHA-256 ${bodySha256}` : ''),
    })),
  settle: onceEach,
  recordedKeys: ([index = '', ...keys], all) => {
    const reply = all[Number(index)];
    return reply ? [index, ...recordedKeys(reply, keys)] : [index];
  },
  describe: (all) => all.flatMap(describe),
};

function bodyOf(body: string, isHttp2: boolean): string {
  // The random value of a ServerHello, and everything that is encrypted.
  if (body.startsWith('\x16\x03')) return `ServerHello ${JSON.stringify(serverHello(body))}`;
  return isHttp2 || body.length > LONGEST_BODY ? shortened(body) : body;
}

function recordedKeys(reply: ReplySeen, keys: string[]): string[] {
  const [first, ...rest] = recordedMessageKeys(reply, keys);
  if (first === undefined) return [];
  if (first === 'outcome') return reply.raw.status === undefined && reply.raw.ended ? ['ended', 'code'] : ['status'];
  if (first === 'frames') return ['frames', ...recordedFrameKeys(reply.frames, rest)];
  if (first === 'servedBy') return ['headers', 'x-served-by'];
  // The record of a payload's body is its length and digest.
  return ['digest', 'bodyBytes', 'bodySha256'].includes(first) ? ['body'] : [first, ...rest];
}

function describe({ status, headers, body, local, remote, certificate, ended, frames = [] }: Reply): string[] {
  const ends = local !== undefined && remote !== undefined ? ` (${local} → ${remote})` : '';
  const lines = body.trimEnd() === '' ? [] : cut(body.trimEnd()).split('\n');
  return [
    ...(status === undefined ? [] : [`${status}${ends}`]),
    ...headerLines(headers),
    ...(certificate ? [`  certificate ${certificate.subject}, issued by ${certificate.issuer}`] : []),
    ...lines.map((line) => `  ${line}`),
    ...describeFrames(frames).map((line) => `  ${line}`),
    ...(ended ? [ended.message === '' ? ended.code : `${ended.code}: ${cut(ended.message)}`] : []),
  ];
}

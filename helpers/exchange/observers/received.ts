import { given } from '../../util/given.ts';
import type { ReceivedFrame, Settings } from '../http2/frame.ts';
import { describeFrames, recordedFrameKeys, recordedFrames } from '../http2/recorded-frames.ts';
import { headerLines } from '../lines.ts';
import { Message, recordedMessageKeys } from '../message.ts';
import type { ProxyHeader } from '../proxy-protocol.ts';
import type { RawHeader, SocketAddress } from '../wire.ts';
import { type Observer, onceEach } from './observer.ts';

/** A request that an upstream received. */
export interface Received {
  servedBy: string;
  method: string;
  path: string;
  /** `1.1`. */
  httpVersion: string;
  headers: RawHeader[];
  local: SocketAddress;
  remote: SocketAddress;
  tls?: ReceivedTls;
  /** The PROXY protocol header of its connection. */
  proxy?: ProxyHeader;
  /** Length and SHA-256, in hexadecimal, of its body, where it has one and the upstream reads it whole. */
  body?: { bytes: number; sha256: string };
  /** The number of requests that this upstream has received, including this one. */
  requests: number;
  /** The frames of its HTTP/2 stream after its headers. */
  frames?: ReceivedFrame[];
  /** The settings that the HTTP/2 client sent when it connected. */
  settings?: Settings;
}

/** The parameters of a TLS connection, as its server sees them. */
export interface ReceivedTls {
  /** `TLSv1.3`. */
  version: string;
  /** `TLS_AES_128_GCM_SHA256`. */
  cipher: string;
  /** The key-exchange groups that the client offers, in its order: `X25519`. */
  groups: string[];
  /** The name in the client's SNI. */
  serverName?: string;
  /** The negotiated protocol: `http/1.1`. */
  alpn?: string;
  /** The subject of the client's certificate. */
  clientCertificate?: string;
}

/** A received request, for claims. */
export class RequestSeen extends Message<Received> {
  readonly servedBy = this.raw.servedBy;
  readonly path = this.raw.path;
  readonly local = this.raw.local;
  readonly remote = this.raw.remote;
  /** The frames of its HTTP/2 stream after its headers: data, trailers, a reset. */
  readonly frames = this.raw.frames ?? [];
  readonly settings = this.raw.settings ?? {};
  readonly body = this.raw.body;
}

/** Requests in the order of each upstream. */
export const received: Observer<RequestSeen[], Received[]> = {
  title: 'the upstream received',
  nothing: [],
  record: (seen) =>
    seen.map(({ raw: { frames, ...raw } }) => ({ ...raw, ...given({ frames: frames && recordedFrames(frames) }) })),
  masks: { requests: '<count>' },
  settle: onceEach,
  recordedKeys: ([index = '', ...keys], all) => {
    const request = all[Number(index)];
    if (!request) return [index];
    const [first, ...rest] = keys;
    if (first === 'frames') return [index, first, ...recordedFrameKeys(request.frames, rest)];
    return [index, ...recordedMessageKeys(request, keys)];
  },
  describe: (all) =>
    all.flatMap(({ servedBy, method, path, httpVersion, headers, local, remote, tls, body, frames = [] }) => {
      const by = tls ? `, by ${tls.version}${tls.serverName === undefined ? '' : ` for ${tls.serverName}`}` : '';
      return [
        `${servedBy}: ${method} ${path} HTTP/${httpVersion} (${remote} → ${local}${by})`,
        ...headerLines(headers),
        ...(body ? [`  ${body.bytes} bytes, SHA-256 ${body.sha256}`] : []),
        ...describeFrames(recordedFrames(frames)).map((line) => `  ${line}`),
      ];
    }),
};

import { headerLines } from '../lines.ts';
import { Message, recordedMessageKeys } from '../message.ts';
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
  /** The TLS version, and the name in the client's SNI. */
  tls?: { version: string; serverName?: string };
  /** The number of requests that this upstream has received, including this one. */
  requests: number;
}

/** A received request, for claims. */
export class RequestSeen extends Message<Received> {
  readonly servedBy = this.raw.servedBy;
  readonly path = this.raw.path;
  readonly local = this.raw.local;
  readonly remote = this.raw.remote;
}

/** Requests in the order of each upstream. */
export const received: Observer<RequestSeen[], Received[]> = {
  title: 'the upstream received',
  nothing: [],
  record: (seen) => seen.map(({ raw }) => raw),
  masks: { requests: '<count>' },
  settle: onceEach,
  recordedKeys: ([index = '', ...keys], all) => {
    const request = all[Number(index)];
    return request ? [index, ...recordedMessageKeys(request, keys)] : [index];
  },
  describe: (all) =>
    all.flatMap(({ servedBy, method, path, httpVersion, headers, local, remote, tls }) => {
      const by = tls ? `, by ${tls.version}${tls.serverName === undefined ? '' : ` for ${tls.serverName}`}` : '';
      return [
        `${servedBy}: ${method} ${path} HTTP/${httpVersion} (${remote} → ${local}${by})`,
        ...headerLines(headers),
      ];
    }),
};

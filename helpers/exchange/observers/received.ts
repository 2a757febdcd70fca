import { headerLines } from '../lines.ts';
import { Message } from '../message.ts';
import type { RawHeader, SocketAddress } from '../wire.ts';
import { type Observer, onceEach } from './observer.ts';

/** What an upstream received, as it reports it. */
export interface Received {
  servedBy: string;
  method: string;
  path: string;
  /** `1.1`. */
  httpVersion: string;
  headers: RawHeader[];
  local: SocketAddress;
  remote: SocketAddress;
  /** Of a connection by TLS: its version, and the name that the other side asked for. */
  tls?: { version: string; serverName?: string };
  /** How many requests this upstream had received by then, this one included. */
  requests: number;
}

/** What an upstream received, for claims. */
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

/** In each upstream's own order. */
export const received: Observer<RequestSeen[], Received[]> = {
  title: 'the upstream received',
  nothing: [],
  record: (seen) => seen.map(({ raw }) => raw),
  masks: { requests: '<count>' },
  settle: onceEach,
  describe: (all) =>
    all.flatMap(({ servedBy, method, path, httpVersion, headers, local, remote, tls }) => {
      const by = tls ? `, by ${tls.version}${tls.serverName === undefined ? '' : ` for ${tls.serverName}`}` : '';
      return [
        `${servedBy}: ${method} ${path} HTTP/${httpVersion} (${remote} → ${local}${by})`,
        ...headerLines(headers),
      ];
    }),
};

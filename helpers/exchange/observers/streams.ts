import type { ProxyHeader } from '../proxy-protocol.ts';
import type { SocketAddress } from '../wire.ts';
import { listObserver } from './observer.ts';

/** The bytes that an upstream without HTTP received over one connection, once it has ended. */
export interface Stream {
  servedBy: string;
  local: SocketAddress;
  remote: SocketAddress;
  bytes: number;
  /** SHA-256 of the bytes, hexadecimal; `TLS` where they are records of TLS, which are random. */
  sha256: string;
  /** How the downstream's half ended: `end`, the system's error code, or `reset` by the upstream's script. */
  ended: string;
  /** The PROXY protocol header of the connection, which `bytes` does not count. */
  proxy?: ProxyHeader;
}

export const streams = listObserver<Stream>('the TCP upstream received', (all) =>
  all.map(
    ({ servedBy, local, remote, bytes, ended }) =>
      `${servedBy}: ${bytes} bytes (${remote} → ${local}), ended by ${ended}`,
  ),
);

import type { SocketAddress } from '../wire.ts';
import { listObserver } from './observer.ts';

/** The bytes that an upstream without HTTP received over one connection, once it has ended. */
export interface Stream {
  servedBy: string;
  local: SocketAddress;
  remote: SocketAddress;
  bytes: number;
  /** SHA-256 of the bytes, hexadecimal. */
  sha256: string;
  /** How the downstream's half ended: `end`, or the system's error code. */
  ended: string;
}

export const streams = listObserver<Stream>('the TCP upstream received', (all) =>
  all.map(
    ({ servedBy, local, remote, bytes, ended }) =>
      `${servedBy}: ${bytes} bytes (${remote} → ${local}), ended by ${ended}`,
  ),
);

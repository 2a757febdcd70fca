import type { SocketAddress } from '../wire.ts';
import { type Observer, onceEach } from './observer.ts';

/** What an upstream that speaks no HTTP received over one connection. */
export interface Stream {
  servedBy: string;
  local: SocketAddress;
  remote: SocketAddress;
  bytes: number;
  /** SHA-256 of the bytes, hexadecimal. */
  sha256: string;
  /** How the downstream's half of it ended: `end`, or the system's name for what happened instead. */
  ended: string;
}

/** Each connection once it has ended. */
export const streams: Observer<Stream[], Stream[]> = {
  title: 'the upstream received without HTTP',
  nothing: [],
  record: (seen) => seen,
  settle: onceEach,
  describe: (all) =>
    all.map(
      ({ servedBy, local, remote, bytes, ended }) =>
        `${servedBy}: ${bytes} bytes (${remote} → ${local}), ended by ${ended}`,
    ),
};

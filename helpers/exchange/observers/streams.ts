import type { ProxyHeader } from '../proxy-protocol.ts';
import type { SocketAddress } from '../wire.ts';
import { type ByteCount, type Observer, onceEach, steadyBytes } from './observer.ts';

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

/** A stream in a record; the digest of `many` bytes is `many`, too. */
export interface RecordedStream extends Omit<Stream, 'bytes'> {
  bytes: ByteCount;
}

export const streams: Observer<Stream[], RecordedStream[]> = {
  title: 'the TCP upstream received',
  nothing: [],
  record: (seen, circumstances) =>
    seen.map(({ bytes, sha256, ...rest }) => {
      const count = steadyBytes(bytes, circumstances);
      return { ...rest, bytes: count, sha256: count === 'many' ? count : sha256 };
    }),
  settle: onceEach,
  describe: (all) =>
    all.map(
      ({ servedBy, local, remote, bytes, ended }) =>
        `${servedBy}: ${bytes} bytes (${remote} → ${local}), ended by ${ended}`,
    ),
};

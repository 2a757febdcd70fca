import type { SocketAddress } from '../wire.ts';
import { listObserver, sorted } from './observer.ts';

/**
 * A connection to an HTTP upstream that has ended. Only connections that were opened or had a
 * request in the exchange count: idle ones of Envoy's pools depend on earlier exchanges.
 */
export interface UpstreamConnection {
  servedBy: string;
  local: SocketAddress;
  remote: SocketAddress;
  /** The number of requests in this exchange. */
  requests: number;
  /**
   * What ended it first: `end` of the other side's half, the system's error code (`ECONNRESET`),
   * `closed` or `reset` by the upstream.
   */
  ended: string;
}

export const connections = listObserver<UpstreamConnection>(
  'connections to the upstream',
  (all) =>
    all.map(
      ({ servedBy, local, remote, requests, ended }) =>
        `${servedBy}: ${requests === 1 ? '1 request' : `${requests} requests`} (${remote} → ${local}), ended by ${ended}`,
    ),
  // The order in which connections end is that of several processes.
  { settle: (all) => sorted(all) },
);

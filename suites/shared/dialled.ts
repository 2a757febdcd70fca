import type { Upstream } from '../../fixtures/lab/upstream.ts';
import type { Family } from '../../helpers/constants/addresses.ts';

/** An upstream's host, socket address and URL in one IP family. */
export function dialled(upstream: Upstream, family: Family): { host: string; socket: string; url: string } {
  return family === 'ipv4'
    ? { host: upstream.address.ipv4, socket: upstream.socketAddress, url: upstream.url }
    : { host: `[${upstream.address.ipv6}]`, socket: upstream.socketAddress6, url: upstream.url6 };
}

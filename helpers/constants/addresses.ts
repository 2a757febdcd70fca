import type { SocketAddress } from '../exchange/wire.ts';

/**
 * The addresses of every lab, from the documentation ranges (RFC 5737, RFC 3849); labs are isolated
 * from each other.
 */
export const ADDRESSES = {
  /** The downstream's host, where it is not Envoy's. */
  downstream: { ipv4: '192.0.2.10', ipv6: '2001:db8:1::10' },
  /** Envoy's host, on the downstream's side. */
  towardsDownstream: { ipv4: '192.0.2.1', ipv6: '2001:db8:1::1' },
  /** Envoy's host, on the upstreams' side. */
  towardsUpstreams: { ipv4: '198.51.100.1', ipv6: '2001:db8:2::1' },
  /** The host of all upstreams, in the topology `edge`; it has every other address too. */
  outside: { ipv4: '198.51.100.2', ipv6: '2001:db8:2::2' },
} as const;

export const NETWORKS = {
  downstream: { ipv4: '192.0.2.0/24', ipv6: '2001:db8:1::/64' },
  upstreams: { ipv4: '198.51.100.0/24', ipv6: '2001:db8:2::/64' },
} as const;

/** The link-local address of instance metadata on every cloud (RFC 3927). */
export const METADATA = '169.254.169.254';

export type Family = 'ipv4' | 'ipv6';

export type Address = Record<Family, string>;

/** The address of the nth upstream: 198.51.100.10, .20, …; 2001:db8:2::10, ::20, … */
export function upstreamAddress(index: number): Address {
  const last = 10 * (index + 1);
  if (last > 250) throw new RangeError(`a lab has room for 25 upstreams, not ${index + 1}`);
  return { ipv4: `198.51.100.${last}`, ipv6: `2001:db8:2::${last}` };
}

/** The default of net.ipv4.ip_local_port_range. */
export const FIRST_EPHEMERAL_PORT = 32_768;

/** Splits `192.0.2.1:80` or `[2001:db8::1]:80`; anything else has an empty address and port 0. */
export function endOf(written = ''): { address: string; port: number } {
  const [, address = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(written) ?? [];
  return { address, port: Number(port) };
}

/**
 * `192.0.2.1:80`, or `[2001:db8::1]:80` from any spelling of the address, in the short form of RFC
 * 5952.
 */
export function socketAddress(address: string, port: string): SocketAddress {
  return `${address.includes(':') ? new URL(`http://[${address}]`).hostname : address}:${port}`;
}

/** Whether an address is of this host alone; the unspecified one is, as a destination. */
export function isLoopback(address: string): boolean {
  return /^(127\.|::1$|0\.0\.0\.0$|::$)/.test(address);
}

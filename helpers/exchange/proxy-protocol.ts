import { endOf } from '../constants/addresses.ts';
import type { SocketAddress } from './wire.ts';

/** A header of the PROXY protocol; both addresses of IPv4. */
export interface ProxyHeader {
  version: 1 | 2;
  source: SocketAddress;
  destination: SocketAddress;
}

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';

/** The bytes of a PROXY protocol header for TCP over IPv4, for a step `send`. */
export function proxyHeader({ version, source, destination }: ProxyHeader): string {
  const [from, to] = [endOf(source), endOf(destination)];
  if (version === 1) return `PROXY TCP4 ${from.address} ${to.address} ${from.port} ${to.port}\r\n`;
  const bytes = [from, to].flatMap(({ address }) => address.split('.').map(Number));
  const ports = [from, to].flatMap(({ port }) => [port >> 8, port & 0xff]);
  // Version 2 and PROXY, AF_INET and STREAM, and the length of the addresses.
  return SIGNATURE + String.fromCharCode(0x21, 0x11, 0, 12, ...bytes, ...ports);
}

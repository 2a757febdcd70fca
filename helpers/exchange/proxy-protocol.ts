import { isIPv6 } from 'node:net';
import { endOf } from '../constants/addresses.ts';
import type { SocketAddress } from './wire.ts';

/** A header of the PROXY protocol, as an upstream received it. */
export interface ProxyHeader {
  version: 1 | 2;
  source: SocketAddress;
  destination: SocketAddress;
  /** Further fields of version 2, in order. */
  tlvs?: Tlv[];
}

/** A field of version 2; each character of the value is one byte. */
export interface Tlv {
  type: number;
  value: string;
}

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';

/** The bytes of a PROXY protocol header for TCP, for a step `send`; both addresses are of one family. */
export function proxyHeader({ version, source, destination, tlvs = [] }: ProxyHeader): string {
  const [from, to] = [endOf(source), endOf(destination)];
  const isV6 = isIPv6(from.address);
  if (version === 1) return `PROXY TCP${isV6 ? 6 : 4} ${from.address} ${to.address} ${from.port} ${to.port}\r\n`;
  const addresses = [from, to].flatMap(({ address }) => (isV6 ? groupsOf(address) : address.split('.').map(Number)));
  const ports = [from, to].flatMap(({ port }) => [port >> 8, port & 0xff]);
  const data = String.fromCharCode(...addresses, ...ports) + tlvs.map(tlvBytes).join('');
  // AF_INET or AF_INET6, and STREAM.
  return proxyHeaderV2({ command: 0x21, family: isV6 ? 0x21 : 0x11, data });
}

/** A header of version 2 with any fields. */
export function proxyHeaderV2({
  command = 0x21,
  family = 0x11,
  data = '',
  length = data.length,
}: {
  /** The version and the command: 0x20 LOCAL, 0x21 PROXY. */
  command?: number;
  /** The address family and the protocol. */
  family?: number;
  data?: string;
  /** The length that the header states. */
  length?: number;
}): string {
  return SIGNATURE + String.fromCharCode(command, family, length >> 8, length & 0xff) + data;
}

function tlvBytes({ type, value }: Tlv): string {
  return String.fromCharCode(type, value.length >> 8, value.length & 0xff) + value;
}

/** The bytes of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const parts = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const [first, last] = [parts(head), parts(tail)];
  const zeros = Array<string>(tail === undefined ? 0 : 8 - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

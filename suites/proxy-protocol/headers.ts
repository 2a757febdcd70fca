import { proxyHeader, proxyHeaderV2 } from '../../helpers/exchange/proxy-protocol.ts';

export const CLIENT = { source: '192.0.2.10:20000', destination: '198.51.100.10:80' };
export const CLIENT6 = { source: '[2001:db8::1]:20000', destination: '[2001:db8::2]:80' };
export const V1 = proxyHeader({ version: 1, ...CLIENT });

/** The addresses of `CLIENT` in version 2. */
export const ADDRESSES = proxyHeader({ version: 2, ...CLIENT }).slice(16);

/** Headers with the address of the client that each names. */
export const ACCEPTED: [name: string, header: string, source: string][] = [
  ['version 1 with TCP4', V1, CLIENT.source],
  ['version 1 with TCP6', proxyHeader({ version: 1, ...CLIENT6 }), CLIENT6.source],
  ['version 2 with TCP over IPv4', proxyHeader({ version: 2, ...CLIENT }), CLIENT.source],
  ['version 2 with TCP over IPv6', proxyHeader({ version: 2, ...CLIENT6 }), CLIENT6.source],
  ['version 2 with UDP over IPv4', proxyHeaderV2({ family: 0x12, data: ADDRESSES }), CLIENT.source],
  ['version 2 with a wrong checksum', proxyHeaderV2({ data: `${ADDRESSES}\x03\0\x04abcd` }), CLIENT.source],
];

/** Headers that name no client. */
export const UNNAMED: [name: string, header: string][] = [
  ['version 1 with UNKNOWN', 'PROXY UNKNOWN\r\n'],
  ['version 1 with UNKNOWN and addresses', V1.replace('TCP4', 'UNKNOWN')],
  ['version 2 with LOCAL', proxyHeaderV2({ command: 0x20, family: 0 })],
  ['version 2 with LOCAL and addresses', proxyHeaderV2({ command: 0x20, data: ADDRESSES })],
];

/** Headers that Envoy refuses, with the counter of each. */
export const REFUSED: [name: string, header: string, counter: string][] = [
  ['no header', '', 'not_found_disallowed'],
  ['version 1 in lower case', V1.toLowerCase(), 'not_found_disallowed'],
  ['version 1 of more than 107 bytes', `PROXY TCP4 ${'1'.repeat(120)}`, 'versions.v1.error'],
  ['version 1 with the address 192.0.2.300', V1.replace('192.0.2.10', '192.0.2.300'), 'versions.v1.error'],
  ['version 1 with the port 70000', V1.replace('20000', '70000'), 'versions.v1.error'],
  ['version 1 with the address 0.0.0.0', V1.replace('192.0.2.10', '0.0.0.0'), 'versions.v1.error'],
  ['version 1 without the second port', V1.replace(' 80', ''), 'versions.v1.error'],
  ['version 1 with TCP6 and IPv4 addresses', V1.replace('TCP4', 'TCP6'), 'versions.v1.error'],
  ['version 1 with UDP4', V1.replace('TCP4', 'UDP4'), 'versions.v1.error'],
  ['version 1 with LF alone', V1.replace('\r\n', '\n'), 'versions.v1.error'],
  ['version 3', proxyHeaderV2({ command: 0x31, data: ADDRESSES }), 'versions.v2.error'],
  ['version 2 with the command 2', proxyHeaderV2({ command: 0x22, data: ADDRESSES }), 'versions.v2.error'],
  ['version 2 with PROXY and no family', proxyHeaderV2({ family: 0 }), 'versions.v2.error'],
  ['version 2 with a Unix socket', proxyHeaderV2({ family: 0x31, data: '\0'.repeat(216) }), 'versions.v2.error'],
  ['version 2 with half of the addresses', proxyHeaderV2({ data: ADDRESSES.slice(0, 8) }), 'versions.v2.error'],
  ['version 2 with a field of 2 bytes', proxyHeaderV2({ data: `${ADDRESSES}\xea\0` }), 'versions.v2.error'],
  ['version 2 with a field beyond its end', proxyHeaderV2({ data: `${ADDRESSES}\xea\0\x09abc` }), 'versions.v2.error'],
];

import { type ClientHello, clientHello } from '../../helpers/exchange/client-hello.ts';

/** First bytes by the name that titles give them. */
export type FirstBytes = readonly [name: string, bytes: string];

/** Neither HTTP nor TLS, which the first bytes show. */
export const OTHER_PROTOCOLS: FirstBytes[] = [
  ['the start of Java RMI (JRMI, 0, 2, K)', 'JRMI\0\x02K'],
  ['8 zeros', '\0'.repeat(8)],
  ['8 times FF', '\xff'.repeat(8)],
  ['HELLO and a line end', 'HELLO\r\n'],
  ['a Redis command', '*1\r\n$4\r\nPING\r\n'],
  ['EHLO of SMTP and a line end', 'EHLO mail.test\r\n'],
  ['an SSH banner and its line end', 'SSH-2.0-x\r\n'],
  ['an SSLRequest of PostgreSQL', '\0\0\0\x08\x04\xd2\x16\x2f'],
  ['the start of a MongoDB message', '\x3a\0\0\0\x01\0\0\0'],
  ['an SSL 2.0 ClientHello', '\x80\x2e\x01\0\x02'],
  ['a TLS alert', '\x15\x03\x01\0\x02\x02\x28'],
  ['a TLS record without a ClientHello', '\x16\x03\x01\0\x05hello'],
  ['a line end before GET', '\r\nGET / HTTP/1.1\r\nHost: web\r\n\r\n'],
  ['GET with a target that is none', 'GET http HTTP/1.1\r\n\r\n'],
];

/** May still become HTTP or TLS. */
export const UNDECIDED: FirstBytes[] = [
  ['GE', 'GE'],
  ['PRI', 'PRI'],
  ['a line end', '\r\n'],
  ['the first byte of a TLS record', '\x16'],
  ['half a ClientHello', clientHello({ serverName: 'blue.test' }).slice(0, 60)],
  ['9,000 bytes of a request line', `GET /${'x'.repeat(8995)}`],
];

/** A word of characters that a method may have. */
export const WORDS: FirstBytes[] = [
  ['HELLO', 'HELLO'],
  ['hello', 'hello'],
  ['SSH-2.0-x', 'SSH-2.0-x'],
];

/** Requests with a method that Envoy's HTTP/1 codec does not know. */
export const UNKNOWN_METHODS: FirstBytes[] = ['BREW', 'get', 'PURGEALL'].map((method) => [
  method,
  `${method} / HTTP/1.1\r\nHost: web\r\n\r\n`,
]);

/** ClientHellos and the chain that each chooses. */
export const HELLOS: [name: string, hello: ClientHello, chain: string][] = [
  ['TLS 1.0 with SNI blue.test', { version: 'TLS 1.0', serverName: 'blue.test' }, 'blue.test'],
  ['TLS 1.1 with SNI blue.test', { version: 'TLS 1.1', serverName: 'blue.test' }, 'blue.test'],
  ['TLS 1.2 with SNI blue.test', { version: 'TLS 1.2', serverName: 'blue.test' }, 'blue.test'],
  ['TLS 1.3 with SNI blue.test', { serverName: 'blue.test' }, 'blue.test'],
  ['SNI BLUE.Test', { serverName: 'BLUE.Test' }, 'blue.test'],
  ['SNI a.wild.test', { serverName: 'a.wild.test' }, '*.wild.test'],
  ['SNI a.b.wild.test', { serverName: 'a.b.wild.test' }, '*.wild.test'],
  ['SNI wild.test', { serverName: 'wild.test' }, 'TLS'],
  ['SNI other.test', { serverName: 'other.test' }, 'TLS'],
  ['SNI blue.test. with a last dot', { serverName: 'blue.test.' }, 'TLS'],
  ['an address as SNI', { serverName: '192.0.2.1' }, 'TLS'],
  ['no SNI', {}, 'TLS'],
  ['ALPN h2 and http/1.1', { alpn: ['h2', 'http/1.1'] }, 'TLS with ALPN'],
  ['ALPN http/1.1', { alpn: ['http/1.1'] }, 'TLS'],
  ['ALPN istio in second place', { serverName: 'other.test', alpn: ['istio-http/1.1', 'istio'] }, 'TLS with ALPN'],
  ['2,000 bytes of padding', { serverName: 'blue.test', padding: 2000 }, 'blue.test'],
  ['15,000 bytes of padding', { serverName: 'blue.test', padding: 15_000 }, 'blue.test'],
  ['records of 40 bytes', { serverName: 'blue.test', recordBytes: 40 }, 'blue.test'],
];

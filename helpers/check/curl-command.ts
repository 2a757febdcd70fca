import { endOf } from '../constants/addresses.ts';
import type { CheckRequest } from './request.ts';

/** A longer header or body is not repeated on a command line. */
const LONGEST = 2_000;

/** A request of a check as a command of curl, for `trace`; undefined for one that curl cannot send. */
export function curlCommand({ address, action, tls }: CheckRequest): [string, ...string[]] | undefined {
  if (action.kind === 'bytes' || action.kind === 'udp') return undefined;
  const headers = action.headers.filter(([, value]) => value.length < LONGEST);
  const upgrade =
    action.kind === 'websocket'
      ? [
          ['connection', 'upgrade'],
          ['upgrade', 'websocket'],
          ['sec-websocket-version', '13'],
          ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
        ]
      : [];
  const host = action.host === undefined ? ['--header', 'Host:'] : ['--header', `Host: ${action.host}`];
  const method = action.kind === 'http' ? action.method : 'GET';
  const body =
    action.kind === 'http' && action.body !== undefined ? ['--data-binary', action.body.slice(0, LONGEST)] : [];
  const { port } = endOf(address);
  const sni = tls?.sni;
  const authority = sni === undefined ? address : `${sni}:${port}`;
  return [
    'curl',
    ...['--silent', '--include', '--path-as-is', '--globoff', '--max-time', '5'],
    ...(method === 'GET' ? [] : method === 'HEAD' ? ['--head'] : ['--request', method]),
    ...versionOf(action.kind === 'http' ? action.protocol : 'http/1.1', tls !== undefined),
    ...(tls ? ['--insecure'] : []),
    ...(sni === undefined ? [] : ['--connect-to', `::${address}`]),
    ...host,
    ...[...headers, ...upgrade].flatMap(([name, value]) => [
      '--header',
      value === '' ? `${name};` : `${name}: ${value}`,
    ]),
    ...body,
    `${tls ? 'https' : 'http'}://${authority}${action.target.startsWith('/') ? action.target : '/'}`,
  ];
}

function versionOf(protocol: 'http/1.0' | 'http/1.1' | 'h2', isTls: boolean): string[] {
  if (protocol === 'h2') return [isTls ? '--http2' : '--http2-prior-knowledge'];
  return [protocol === 'http/1.0' ? '--http1.0' : '--http1.1'];
}

import type { CheckRequest } from '../check/request.ts';
import { endOf } from '../constants/addresses.ts';

/** The arguments of each version of HTTP. */
const PROTOCOLS = { 'http/1.0': ['--http1.0'], 'http/1.1': [], h2: ['--http2'] } as const;

/** The command that sends a request; undefined for one that curl does not send. */
export function curlOf({ address, tls, action }: CheckRequest): [string, ...string[]] | undefined {
  if (action.kind !== 'http') return undefined;
  const { method, target, host, headers, body, protocol } = action;
  const { port } = endOf(address);
  const name = tls?.sni ?? '';
  const origin = tls && name !== '' ? `https://${name}:${port}` : `${tls ? 'https' : 'http'}://${address}`;
  return [
    'curl',
    ...['--silent', '--include'],
    ...(protocol === 'h2' && !tls ? ['--http2-prior-knowledge'] : PROTOCOLS[protocol]),
    ...(tls ? ['--insecure', ...(name === '' ? [] : ['--connect-to', `${name}:${port}:${address}`])] : []),
    ...(method === 'GET' ? [] : method === 'HEAD' ? ['--head'] : ['--request', method]),
    ...['--header', host === undefined ? 'Host:' : `Host: ${host}`],
    ...headers.flatMap(([key, value]) => ['--header', value === '' ? `${key};` : `${key}: ${value}`]),
    ...(body === undefined ? [] : ['--data-raw', body]),
    ...['--path-as-is', `${origin}${target}`],
  ];
}

import { cut, headerLines } from '../lines.ts';
import { isPicked } from '../masking.ts';
import { listObserver } from './observer.ts';

/**
 * An envoy.service.auth.v3.CheckRequest that the authorization stub received, without the fields
 * that Envoy did not set.
 */
export interface Check {
  /** Envoy's timeout for the answer, from the header grpc-timeout: `250m` for 250 ms. */
  timeout?: string;
  attributes?: {
    source?: CheckPeer;
    destination?: CheckPeer;
    request?: {
      http?: {
        headers?: Record<string, string>;
        size?: number;
        /** Hexadecimal. */
        raw_body?: string;
        header_map?: { headers?: { key: string; raw_value?: string }[] };
      } & {
        [K in 'id' | 'method' | 'path' | 'host' | 'scheme' | 'query' | 'protocol' | 'body']?: string;
      };
    };
    context_extensions?: Record<string, string>;
    tls_session?: { sni?: string };
  };
}

export interface CheckPeer {
  address?: { socket_address?: { address?: string; port_value?: number } };
  service?: string;
  principal?: string;
}

export const checks = listObserver<Check>('the authorization service received', (all) => all.flatMap(linesOf), {
  masks: {
    id: '<id>',
    port_value: (port, roles) => (typeof port === 'number' && isPicked(port, roles) ? '<port>' : port),
  },
});

/** `GET /, 192.0.2.10:50000 → 198.51.100.10:80`. */
export function describeCheck({ attributes = {} }: Check): string {
  const { source, destination, request } = attributes;
  const end = (peer: typeof source): string => {
    const { address = '?', port_value = 0 } = peer?.address?.socket_address ?? {};
    return address.includes(':') ? `[${address}]:${port_value}` : `${address}:${port_value}`;
  };
  return `${request?.http?.method} ${request?.http?.path}, ${end(source)} → ${end(destination)}`;
}

function linesOf(check: Check): string[] {
  const { request, context_extensions = {}, tls_session } = check.attributes ?? {};
  const { headers = {}, header_map, scheme, protocol, host, body, raw_body } = request?.http ?? {};
  const fields = { protocol, scheme, host, body, raw_body, 'grpc-timeout': check.timeout, sni: tls_session?.sni };
  // HTTP/2 pseudo-headers repeat the fields.
  const raw = (header_map?.headers ?? []).map(({ key, raw_value = '' }): [string, string] => [key, raw_value]);
  const sent = [...Object.entries(headers), ...raw].filter(([name]) => !name.startsWith(':'));
  return [
    describeCheck(check),
    ...Object.entries(fields).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : `  ${name} ${cut(value)}`,
    ),
    ...headerLines(sent),
    ...Object.entries(context_extensions).map(([name, value]) => `  context ${name}: ${value}`),
  ];
}

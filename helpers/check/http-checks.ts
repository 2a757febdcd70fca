import type { Observation } from '../exchange/observation.ts';
import type { HttpCall } from '../exchange/observers/http-calls.ts';
import { sorted } from '../exchange/observers/observer.ts';
import type { Received } from '../exchange/observers/received.ts';
import { given } from '../util/given.ts';
import type { CheckRequest } from './request.ts';

/**
 * An observation in which what authorization services over HTTP received are checks, not requests at an
 * upstream: these would show a request as allowed.
 *
 * @param services the names of their upstreams
 */
export function withHttpChecks(
  seen: Observation,
  services: readonly string[],
  { circumstances }: Pick<CheckRequest, 'circumstances'>,
): Observation {
  const checks = seen.received.filter(({ servedBy }) => services.includes(servedBy));
  if (checks.length === 0) return seen;
  const answer = circumstances?.services === 'deny' ? 403 : 200;
  return {
    ...seen,
    received: seen.received.filter((request) => !checks.includes(request)),
    httpChecks: [...seen.httpChecks, ...checks.map((request) => ({ ...checkOf(request), answer }))],
  };
}

function checkOf({ method, path, httpVersion, headers, body, tls }: Received): Omit<HttpCall, 'answer'> {
  return {
    ...{ method, path, httpVersion },
    // Envoy copies them from a protobuf map, which has no fixed order.
    headers: sorted(headers),
    body: body ? `${body.bytes} bytes, SHA-256 ${body.sha256}` : '',
    ...given({ tls }),
  };
}

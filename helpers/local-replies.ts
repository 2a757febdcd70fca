import { compareVersions } from './envoys.ts';

/**
 * The body of the 503 that Envoy writes when a connection to the upstream is refused.
 *
 * Up to 1.37.0 it ends with the transport failure reason. From 1.38.2 on it does not: the reason stands in the access
 * log (`%UPSTREAM_TRANSPORT_FAILURE_REASON%`) alone.
 */
export function connectionRefusedBody(version: string): string {
  const body = 'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure';
  return compareVersions(version, '1.38.0') < 0
    ? `${body}, transport failure reason: delayed connect error: Connection refused`
    : body;
}

import { compareVersions } from './envoys.ts';

/**
 * The body of the 503 that Envoy writes when a connection to the upstream is refused.
 *
 * Since 1.38.1 it keeps the transport failure reason to itself, which then stands in the access log alone
 * (`%UPSTREAM_TRANSPORT_FAILURE_REASON%`). Source: release notes of 1.38.1, "router", with the runtime guard
 * `envoy.reloadable_features.hide_transport_failure_reason_in_response_body`.
 */
export function connectionRefusedBody(version: string): string {
  const body = 'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure';
  return compareVersions(version, '1.38.1') < 0
    ? `${body}, transport failure reason: delayed connect error: Connection refused`
    : body;
}

import { compareVersions } from './envoys.ts';

/**
 * Whether this Envoy reads the field `error_response` of a CheckResponse: from 1.37.0 on
 * (https://github.com/envoyproxy/envoy/pull/42099). An older one skips it as a field that it does not know, and goes by
 * the status alone: any but OK is a denial.
 */
export function knowsErrorResponse(version: string): boolean {
  return compareVersions(version, '1.37.0') >= 0;
}

/**
 * The header `grpc-timeout` of a check whose timeout is configured as `0s`.
 *
 * Up to 1.37.0 it says that no time is left, though Envoy itself waits on. From 1.38.2 on there is none
 * (https://github.com/envoyproxy/envoy/pull/43020): no limit, as elsewhere in Envoy's configuration.
 */
export function deadlineOfTimeoutZero(version: string): '0m' | undefined {
  return compareVersions(version, '1.38.0') < 0 ? '0m' : undefined;
}

/**
 * Whether this Envoy counts in `ext_authz.request_header_limits_reached` that an answer made a request too large. Measured:
 * from 1.37.0 on. The limits themselves are older (https://github.com/envoyproxy/envoy/pull/41274).
 */
export function countsHeaderLimits(version: string): boolean {
  return compareVersions(version, '1.37.0') >= 0;
}

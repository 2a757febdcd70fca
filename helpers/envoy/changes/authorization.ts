import type { Change } from './change.ts';

/** Changes of ext_authz and of rate limits. */
export const AUTHORIZATION_CHANGES = {
  disconnectDuringCheck: {
    since: ['1.36.9', '1.37.0'],
    what: 'a client that disconnects while a check is pending on a route with its own authorization service no longer crashes Envoy',
    source:
      'CVE-2026-47205, https://github.com/envoyproxy/envoy/security/advisories/GHSA-mvh9-767w-x47j; release notes of 1.36.9 and 1.39.0, bug_fixes, ext_authz; 1.37.0, which these notes do not name, survives too',
    shows: [
      { path: /^crashes/, before: /^SIGSEGV/, after: /^$/ },
      { path: /./, declared: true },
    ],
  },
  pathlessRequest: {
    since: ['1.36.10', '1.37.6', '1.38.4', '1.39.1'],
    what: 'a CONNECT, which has no path, no longer crashes Envoy where an authorization service allows it with changes of the query',
    source:
      'CVE-2026-73547, https://github.com/envoyproxy/envoy/security/advisories/GHSA-87ph-jqwm-pg6r; release notes of 1.36.10, 1.37.6, 1.38.4, 1.39.1 and 1.40.0, bug_fixes, ext_authz',
    shows: [
      { path: /^crashes/, before: /^SIGSEGV/, after: /^$/ },
      { path: /./, declared: true },
    ],
  },
  errorResponse: {
    since: '1.37.0',
    what: 'ext_authz applies error_response of a CheckResponse; before, Envoy ignored the field and denied the request',
    source: 'release notes of 1.37.0, new_features, ext_authz; https://github.com/envoyproxy/envoy/pull/42099',
    shows: [{ path: /./, declared: true }],
  },
  requestHeaderLimitsReached: {
    since: '1.37.0',
    what: 'ext_authz increments request_header_limits_reached when the headers of a CheckResponse make a request too large',
    source:
      'undocumented, found by comparing 1.36.4 with 1.37.0; probably https://github.com/envoyproxy/envoy/pull/41766',
    shows: [{ path: /^stats\..*\.ext_authz\.request_header_limits_reached$/, before: /^$/ }],
  },
  httpDenialHeaders: {
    // Versions before 1.37.0 keep them, too.
    since: ['1.36.0', '1.37.1'],
    what: 'a denial of an HTTP authorization service keeps its headers; 1.37.0 drops every one, including Location and Set-Cookie',
    source:
      'release notes of 1.37.1, bug_fixes, ext_authz; https://github.com/envoyproxy/envoy/pull/43043; reported in https://github.com/envoyproxy/envoy/issues/43475',
    shows: [
      { path: /^replies\[\d+\]\.headers\.x-envoy-upstream-service-time$/, before: /^$/ },
      { path: /./, declared: true },
    ],
  },
  httpStatusOnError: {
    since: ['1.36.0', '1.37.1'],
    what: 'a failed check of an HTTP authorization service returns status_on_error; 1.37.0 returns 403',
    source: 'release notes of 1.37.1, bug_fixes, ext_authz; https://github.com/envoyproxy/envoy/pull/43257',
    shows: [{ path: /./, declared: true }],
  },
  httpRetryOn: {
    since: '1.37.0',
    what: 'retry_on of an HTTP authorization service decides which checks are repeated; before, Envoy repeated those with a 5xx, whatever retry_on named',
    source:
      'release notes of 1.37.0, minor_behavior_changes, ext_authz; https://github.com/envoyproxy/envoy/pull/42232; requested in https://github.com/envoyproxy/envoy/issues/41341; runtime guard envoy.reloadable_features.ext_authz_http_client_retries_respect_user_retry_on, removed in 1.40.0',
    shows: [{ path: /./, declared: true }],
  },
  zeroTimeoutWithoutDeadline: {
    since: '1.38.0',
    what: 'ext_authz with timeout 0s sends no grpc-timeout header; before, it sent 0m, a deadline that has passed',
    source:
      'release notes of 1.38.0, minor_behavior_changes, ext_authz; https://github.com/envoyproxy/envoy/pull/43020',
    shows: [
      { path: /^checks\[\d+\]\.timeout$/, before: /^0m$/, after: /^$/ },
      { path: /./, declared: true },
    ],
  },
  rateLimitWithoutTimeout: {
    since: '1.38.0',
    what: 'ratelimit with timeout 0s sends no grpc-timeout header; before, it sent 0m, a deadline that has passed',
    source:
      'release notes of 1.38.0, minor_behavior_changes, ratelimit; https://github.com/envoyproxy/envoy/commit/cbe23a824a70006f26aac478c6ca8bc42e968d30',
    shows: [
      { path: /^limitRequests\[\d+\]\.timeout$/, before: /^0m$/, after: /^$/ },
      { path: /./, declared: true },
    ],
  },
  rateLimitResetRoundedUp: {
    since: '1.39.0',
    what: 'local_ratelimit rounds x-ratelimit-reset up to whole seconds; before, it rounded down',
    source: 'undocumented, found by comparing 1.38.3 with 1.39.0; https://github.com/envoyproxy/envoy/pull/45703',
    shows: [{ path: /^(replies\[\d+\]\.body|streams)/, before: /3600/, after: /3601/, declared: true }],
  },
  jwtHeadersSanitized: {
    since: '1.40.0',
    what: 'jwt_authn removes the payload and claim headers of all providers from every request; before, only where it verified a token, and only those of the provider',
    source:
      'release notes of 1.40.0, minor_behavior_changes, jwt_authn; https://github.com/envoyproxy/envoy/pull/46586; runtime guard envoy.reloadable_features.jwt_authn_sanitize_payload_headers_filter_wide',
    shows: [{ path: /./, declared: true }],
  },
} as const satisfies Record<string, Change>;

import type { Change } from './change.ts';
import { STAT_CHANGES } from './stat-changes.ts';
import { compareVersions } from './versions.ts';

export type { Change, Sign } from './change.ts';

/** Whether a version has a change. */
export function hasChange({ since }: Pick<Change, 'since'>, version: string): boolean {
  const firsts = [since].flat();
  const minorOf = (each: string): string => each.split('.', 2).join('.');
  const first = firsts.find((each) => minorOf(each) === minorOf(version)) ?? firsts.at(-1) ?? version;
  return compareVersions(version, first) >= 0;
}

/**
 * Whether an Envoy behaves as since a change: a runtime guard that the change's source names and that
 * is set decides, else the version.
 */
export function behavesAsSince(
  change: Pick<Change, 'since' | 'source'>,
  version: string,
  guards: Record<string, boolean> = {},
): boolean {
  const [guard = ''] = /envoy\.(?:reloadable|restart)_features\.\w+/.exec(change.source) ?? [];
  return guards[guard] ?? hasChange(change, version);
}

/**
 * Whether two texts are of one change: records keep the texts of their time, which name the same
 * pull request of Envoy.
 */
export function isSameChange(a: Pick<Change, 'what' | 'source'>, b: Pick<Change, 'what' | 'source'>): boolean {
  const pullOf = ({ source }: typeof a): string | undefined => /\/pull\/\d+/.exec(source)?.[0];
  return a.what === b.what || (pullOf(a) !== undefined && pullOf(a) === pullOf(b));
}

/**
 * `since 1.38.1: a 503 body no longer names the transport failure (release notes of 1.38.1,
 * router)`.
 */
export function describeChange({ since, what, source }: Pick<Change, 'since' | 'what' | 'source'>): string {
  return `${describeSince({ since })}: ${what} (${source})`;
}

/** `since 1.36.3 and 1.37.1`. */
export function describeSince({ since }: { since: string | readonly string[] }): string {
  return `since ${[since].flat().join(' and ')}`;
}

/** Changes of what Envoy does. */
const BEHAVIOUR_CHANGES = {
  disconnectDuringCheck: {
    since: ['1.36.5', '1.37.0'],
    what: 'a client that disconnects while a check is pending on a route with its own authorization service no longer crashes Envoy',
    source:
      'CVE-2026-47205; release notes of 1.36.5, 1.37.1 and 1.38.0, bug_fixes, ext_authz; 1.37.0, which these notes do not name, survives too',
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
  nghttp2ByDefault: {
    since: '1.37.0',
    what: 'nghttp2 reads and writes HTTP/2; before, oghttp2 did, which treats malformed requests differently',
    source:
      'undocumented; https://github.com/envoyproxy/envoy/pull/42319, which turns the runtime guard http2_use_oghttp2 off',
    shows: [{ path: /./, declared: true }],
  },
  resetsWithError: {
    since: '1.37.0',
    what: 'a reset by Envoy has the code INTERNAL_ERROR instead of NO_ERROR, and RST_STREAM(PROTOCOL_ERROR) of an upstream is a protocol error instead of a remote reset',
    source:
      'release notes of 1.37.0, behavior_changes, http; https://github.com/envoyproxy/envoy/issues/36200; runtime guard envoy.reloadable_features.reset_with_error, without effect in 1.40.0',
    shows: [{ path: /./, declared: true }],
  },
  requestHeaderLimitsReached: {
    since: '1.37.0',
    what: 'ext_authz increments request_header_limits_reached when the headers of a CheckResponse make a request too large',
    source:
      'undocumented, found by comparing 1.36.4 with 1.37.0; probably https://github.com/envoyproxy/envoy/pull/41766',
    shows: [{ path: /^stats\..*\.ext_authz\.request_header_limits_reached$/, before: /^$/ }],
  },
  routerHeadersBeforeRouteHeaders: {
    since: '1.37.0',
    what: 'the router sets its own request headers before request_headers_to_add, so that %REQ(…)% reads x-envoy-expected-rq-timeout-ms',
    source:
      'release notes of 1.37.0, bug_fixes, router; https://github.com/envoyproxy/envoy/pull/41801, which fixes a regression of 1.35.0',
    shows: [
      { path: /^received\[\d+\]\.headers\.x-envoy-(expected-rq-timeout-ms|original-path) in order$/ },
      { path: /^received\[\d+\]\.headers\.x-request-timeout$/, before: /^$/, after: /^\d+$/ },
      // A reply that is read as bytes has the headers of the request in its body.
      {
        path: /^replies\[\d+\]\.body$/,
        before: /"x-envoy-original-path"[\s\S]*"x-envoy-expected-rq-timeout-ms"/,
        after: /"x-envoy-expected-rq-timeout-ms"[\s\S]*"x-envoy-original-path"/,
      },
      // The upstream's reply repeats x-request-timeout: 15000, which is so many bytes of JSON.
      { path: /^(accessLog\[\d+\]\.bytes_sent|replies\[\d+\]\.headers\.content-length)$/, by: 54 },
    ],
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
    source: 'release notes of 1.37.0, ext_authz; requested in https://github.com/envoyproxy/envoy/issues/41341',
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
  hideTransportFailureReason: {
    since: '1.38.1',
    what: 'a 503 body no longer names the transport failure; the access log still does (UPSTREAM_TRANSPORT_FAILURE_REASON)',
    source:
      'release notes of 1.38.1, minor_behavior_changes, router; https://github.com/envoyproxy/envoy/pull/44746; runtime guard envoy.reloadable_features.hide_transport_failure_reason_in_response_body',
    shows: [
      { path: /^(replies\[\d+\]\.body|streams)/, before: /, transport failure reason: / },
      {
        path: /^(replies\[\d+\]\.headers\.content-length|(accessLog\[\d+\]|sidecarLog\[\d+\]\.entry)\.bytes_sent)$/,
        ...{ before: /^167$/, after: /^98$/ },
      },
    ],
  },
  cookiesInLimits: {
    since: ['1.36.7', '1.37.3', '1.38.1'],
    what: 'the lines of cookies in HTTP/2 count towards the limits of headers; before, only the one line that Envoy makes of them did',
    source:
      'CVE-2026-47774; release notes of 1.36.7, 1.37.3 and 1.38.1, bug_fixes, http2; runtime guard envoy.reloadable_features.http2_include_cookies_in_limits',
    shows: [{ path: /./, declared: true }],
  },
  rateLimitResetRoundedUp: {
    since: '1.39.0',
    what: 'local_ratelimit rounds x-ratelimit-reset up to whole seconds; before, it rounded down',
    source: 'undocumented, found by comparing 1.38.3 with 1.39.0; https://github.com/envoyproxy/envoy/pull/45703',
    shows: [{ path: /^(replies\[\d+\]\.body|streams)/, before: /3600/, after: /3601/, declared: true }],
  },
  connectionPoolReentrancy: {
    since: '1.39.0',
    what: 'a request that fails while Envoy writes it to a new upstream connection no longer opens a second, idle connection',
    source:
      'release notes of 1.39.0, bug_fixes, http; https://github.com/envoyproxy/envoy/pull/45339; runtime guard envoy.reloadable_features.conn_pool_fix_reentrancy',
    shows: [{ path: /^stats\.cluster\.\w+\.upstream_(cx_total|cx_http1_total|rq_pending_total)$/, declared: true }],
  },
  resetAfterResponse: {
    since: '1.39.0',
    what: 'an HTTP/2 response is passed on whole when the upstream sends RST_STREAM(NO_ERROR) after it; before, the reset discarded what Envoy still held',
    source:
      'release notes of 1.39.0, bug_fixes; https://github.com/envoyproxy/envoy/pull/44749; runtime guard envoy.reloadable_features.http_preserve_rst_no_error',
    shows: [{ path: /./, declared: true }],
  },
  dnsSingleEndpointReplaced: {
    since: '1.39.0',
    what: 'with all_addresses_in_single_endpoint, requests after a change of the address use connections to the new address; before, they used open connections to the old one',
    source:
      'undocumented, found by comparing 1.38.3 with 1.39.0; probably the merged implementation of https://github.com/envoyproxy/envoy/pull/38483',
    shows: [
      // The lab restores addresses after a claim, which is such a change.
      {
        path: /^stats\.cluster\.logical\.upstream_(cx_total|cx_http1_total|rq_pending_total)$/,
        ...{ before: /^$/, after: /^1$/ },
      },
      { path: /./, declared: true },
    ],
  },
  dnsFailureKeepsHosts: {
    since: '1.40.0',
    what: 'a DNS cluster that looks up both families keeps its hosts when one query fails and the other has no records; before, it removed them',
    source: 'release notes of 1.40.0, bug_fixes, dns; https://github.com/envoyproxy/envoy/pull/47494',
    shows: [{ path: /./, declared: true }],
  },
  drainNotice: {
    since: '1.40.0',
    what: 'a drain by POST /drain_listeners announces the end of open connections (connection: close, GOAWAY) and closes them after drain_timeout; before, they went on without a notice',
    source: 'release notes of 1.40.0, admin; https://github.com/envoyproxy/envoy/pull/47042',
    shows: [{ path: /./, declared: true }],
  },
  upstreamResetPassedOn: {
    since: '1.38.0',
    what: 'tcp_proxy passes an RST of the upstream on to the downstream, and logs UR; before, the downstream got the end of the stream',
    source: 'release notes of 1.38.0, new_features, tcp_proxy; https://github.com/envoyproxy/envoy/pull/44148',
    shows: [{ path: /./, declared: true }],
  },
  downstreamResetPassedOn: {
    since: '1.40.0',
    what: 'tcp_proxy passes an RST of the downstream on to the upstream; before, the upstream got the end of the stream',
    source: 'release notes of 1.40.0, tcp_proxy; https://github.com/envoyproxy/envoy/pull/46519',
    shows: [
      // A dialled connection is reset where its time is over.
      { path: /^(streams|connections)\[\d+\]\.ended$/, before: /^end$/, after: /^ECONNRESET$/ },
    ],
  },
  queryMethod: {
    since: '1.40.0',
    what: 'the HTTP/1 codec knows the method QUERY; before, Envoy answered 400 (http1.codec_error)',
    source: 'release notes of 1.40.0, http; runtime guard envoy.reloadable_features.http1_allow_query_method',
    shows: [{ path: /./, declared: true }],
  },
  jsonNumbersInDigits: {
    since: '1.40.0',
    what: 'a number in a JSON access log has all its digits, 400000; before, it was 4e+05 where that is shorter',
    source: 'undocumented, found by comparing 1.39.3 with 1.40.0',
    shows: [{ path: /^accessLogText\[/, before: /\de\+\d/ }],
  },
  nghttp2Connections: {
    since: '1.40.0',
    what: 'connections of HTTP/2 are counted by codec library: http2.nghttp2_downstream_connections, and of each cluster http2.nghttp2_upstream_connections',
    source:
      'undocumented; https://github.com/envoyproxy/envoy/pull/47535, whose runtime guard the binary of 1.40.0 does not define',
    shows: [
      {
        path: /^stats\.cluster\.\w+\.http2\.nghttp2_upstream_connections$/,
        ...{ before: /^$/, beside: /^stats\.cluster\.\w+\.upstream_cx_http2_total$/ },
      },
      { path: /^stats\.http2\.nghttp2_downstream_connections$/, before: /^$/ },
    ],
  },
} as const satisfies Record<string, Change>;

/** Every observed change between the known Envoy versions, oldest first. */
export const CHANGES = oldestFirst({ ...BEHAVIOUR_CHANGES, ...STAT_CHANGES });

function oldestFirst<T extends Record<string, Change>>(changes: T): T {
  // A backport comes from a newer version.
  const newest = ({ since }: Change): string => [since].flat().at(-1) ?? '';
  const sorted = Object.entries(changes).sort(([, a], [, b]) => compareVersions(newest(a), newest(b)));
  return Object.fromEntries(sorted) as T;
}

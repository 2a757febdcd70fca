import { type Change, removedGuard, undefinedGuard } from './change.ts';

/** Changes of requests and responses, whatever the HTTP version. */
export const HTTP_CHANGES = {
  routerHeadersBeforeRouteHeaders: {
    since: '1.37.0',
    what: 'the router sets its own request headers before request_headers_to_add, so that %REQ(…)% reads x-envoy-expected-rq-timeout-ms',
    source:
      'release notes of 1.37.0, bug_fixes, router; https://github.com/envoyproxy/envoy/pull/41801, which fixes a regression of 1.35.0',
    shows: [
      { path: /^received\[\d+\]\.headers\.x-envoy-(expected-rq-timeout-ms|original-path) in order$/ },
      {
        path: /^received\[\d+\]\.headers\.\S+ in order$/,
        after: /^behind x-envoy-(expected-rq-timeout-ms|original-path)$/,
      },
      { path: /^received\[\d+\]\.headers\.x-request-timeout$/, before: /^$/, after: /^\d+$/ },
    ],
  },
  drainUponCompletion: {
    since: '1.37.0',
    what: 'a Lua filter can end a connection with its response, by drainConnectionUponCompletion(): connection: close, or GOAWAY on HTTP/2',
    source: 'release notes of 1.37.0, http and lua; https://github.com/envoyproxy/envoy/pull/41613',
    shows: [
      { path: /./, declared: true },
      { path: /^log\[error\]\[lua\]$/, before: /drainConnectionUponCompletion/, after: /^$/ },
    ],
  },
  upstreamIdleTimer: {
    since: '1.38.0',
    what: 'the idle_timeout of a cluster starts when a connection is established; before, one shorter than connect_timeout ended the attempt to connect (local_connection_failure)',
    source:
      'release notes of 1.38.0, bug_fixes, http; https://github.com/envoyproxy/envoy/pull/42756, which fixes https://github.com/envoyproxy/envoy/issues/42753; runtime guard envoy.reloadable_features.codec_client_enable_idle_timer_only_when_connected',
    shows: [{ path: /./, declared: true }],
  },
  hideTransportFailureReason: {
    since: '1.38.1',
    what: 'a 503 body no longer names the transport failure; the access log still does (UPSTREAM_TRANSPORT_FAILURE_REASON)',
    source:
      'release notes of 1.38.1, minor_behavior_changes, router; https://github.com/envoyproxy/envoy/pull/44746; runtime guard envoy.reloadable_features.hide_transport_failure_reason_in_response_body',
    shows: [
      { path: /^(replies\[\d+\]\.(body|frames\[\d+\]\.data)|streams)/, before: /, transport failure reason: / },
      {
        path: /^(replies\[\d+\]\.(frames\[\d+\]\.)?headers\.content-length|(accessLog\[\d+\]|sidecarLog\[\d+\]\.entry)\.bytes_sent)$/,
        // Of a request that was retried, the text is longer.
        ...{ before: /^[1-9]\d\d$/, after: /^(98|121)$/ },
      },
      { path: /^ownLog\[\d+\]\.line$/, before: / 503 UF 0 [1-9]\d\d /, after: / 503 UF 0 98 / },
    ],
  },
  strictChunkParsing: {
    since: '1.38.0',
    what: 'a runtime guard, off by default, refuses chunks that are longer than their size; earlier versions do not have it',
    source:
      'release notes of 1.38.0, minor_behavior_changes, http; https://github.com/envoyproxy/envoy/pull/44319; runtime guard envoy.reloadable_features.strict_chunk_parsing',
    shows: [{ path: /./, declared: true }],
  },
  keepAliveAdded: {
    since: '1.38.0',
    what: 'response_headers_to_add can add a Keep-Alive header, which HTTP/2 forbids; before, Envoy removed it',
    source:
      'release notes of 1.38.0, bug_fixes, http; https://github.com/envoyproxy/envoy/pull/44161; runtime guard envoy.reloadable_features.preserve_downstream_keepalive',
    shows: [{ path: /./, declared: true }],
  },
  connectionPoolReentrancy: {
    since: '1.39.0',
    what: 'a request that fails while Envoy writes it to a new upstream connection no longer opens a second, idle connection',
    source:
      'release notes of 1.39.0, bug_fixes, http; https://github.com/envoyproxy/envoy/pull/45339; runtime guard envoy.reloadable_features.conn_pool_fix_reentrancy',
    shows: [{ path: /^stats\.cluster\.\w+\.upstream_(cx_total|cx_http1_total|rq_pending_total)$/, declared: true }],
  },
  queryMethod: {
    since: '1.40.0',
    what: 'the HTTP/1 codec knows the method QUERY; before, Envoy answered 400 (http1.codec_error)',
    source:
      'release notes of 1.40.0, minor_behavior_changes, http; https://github.com/envoyproxy/envoy/pull/46496; runtime guard envoy.reloadable_features.http1_allow_query_method',
    shows: [
      { path: /./, declared: true },
      { path: /^replies\[\d+\]\.status$/, before: /^400$/, exchange: /^QUERY / },
    ],
  },
  genericUpgradePayload: {
    since: ['1.36.10', '1.37.6', '1.38.4', '1.39.1'],
    what: 'bytes behind the request for an upgrade other than WebSocket wait until the upstream accepts it; before, the upstream received them at once, as another request where it declines',
    source:
      'CVE-2026-73548, https://github.com/envoyproxy/envoy/security/advisories/GHSA-3vhp-c83q-jqc2; release notes of 1.36.10, 1.37.6, 1.38.4 and 1.40.0, bug_fixes, http; runtime guard envoy.reloadable_features.http_pause_generic_upgrade_request_body',
    shows: [{ path: /./, declared: true }, undefinedGuard('http_pause_generic_upgrade_request_body')],
  },
  stripsFailedUpgrade: {
    since: '1.39.0',
    what: 'the runtime guard strip_upgrade_header_on_failed_websocket_upgrades, off by default, removes Upgrade from the response to a WebSocket upgrade that fails',
    source:
      'release notes of 1.39.0, minor_behavior_changes, router; https://github.com/envoyproxy/envoy/pull/45670; runtime guard envoy.reloadable_features.strip_upgrade_header_on_failed_websocket_upgrades',
    shows: [
      { path: /./, declared: true },
      undefinedGuard('strip_upgrade_header_on_failed_websocket_upgrades'),
      { path: /^stats\.server\.envoy_notifications$/, before: /^$/, exchange: /\b426\b/ },
    ],
  },
  routeLimitFirst: {
    since: '1.37.0',
    what: 'per_request_buffer_limit_bytes of a route precedes that of its virtual host; before, that of the virtual host did',
    source: 'release notes of 1.37.0, bug_fixes, router; https://github.com/envoyproxy/envoy/pull/42611',
    shows: [{ path: /./, declared: true }],
  },
  bufferedBodyCountedOnce: {
    since: '1.38.0',
    what: 'a request body that a filter has buffered counts once against the buffer limit of retries; before, twice, so that a body above half the limit was not retried',
    source:
      'release notes of 1.38.0, bug_fixes, router, which name internal redirects only; https://github.com/envoyproxy/envoy/issues/30613, https://github.com/envoyproxy/envoy/pull/44346',
    shows: [{ path: /./, declared: true }],
  },
  upgradeTimeoutGuardRemoved: {
    since: '1.40.0',
    what: 'the runtime guard websocket_enable_timeout_on_upgrade_response has no effect; before, false exempts an upgrade without a response from the route timeout',
    source:
      'release notes of 1.40.0, removed_config_or_runtime, websocket; https://github.com/envoyproxy/envoy/pull/47245',
    shows: [{ path: /./, declared: true }, removedGuard('websocket_enable_timeout_on_upgrade_response')],
  },
} as const satisfies Record<string, Change>;

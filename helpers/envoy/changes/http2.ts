import { type Change, removedGuard, undefinedGuard } from './change.ts';

/** Changes of HTTP/2. */
export const HTTP2_CHANGES = {
  nghttp2ByDefault: {
    since: '1.37.0',
    what: 'nghttp2 reads and writes HTTP/2; before, oghttp2 did, which treats malformed requests differently',
    source:
      'undocumented; https://github.com/envoyproxy/envoy/pull/42319, which turns the runtime guard http2_use_oghttp2 off',
    shows: [
      { path: /./, declared: true },
      {
        path: /^replies\[\d+\]\.frames\[\d+\]\.debug$/,
        before: /^(graceful_shutdown|ParseError|kWrongFrameSequence)$/,
      },
      // Seen again with the guard on.
      {
        path: /^stats\.cluster\.[^.]+\.http2\.rx_reset$/,
        before: /^$/,
        exchange: /RST_STREAM\(NO_ERROR\) after a response/,
      },
    ],
  },
  resetsWithError: {
    since: '1.37.0',
    what: 'a reset by Envoy has the code INTERNAL_ERROR instead of NO_ERROR, and RST_STREAM(PROTOCOL_ERROR) of an upstream is a protocol error instead of a remote reset',
    source:
      'release notes of 1.37.0, behavior_changes, http; https://github.com/envoyproxy/envoy/pull/42269, which fixes https://github.com/envoyproxy/envoy/issues/36200; runtime guard envoy.reloadable_features.reset_with_error, without effect in 1.40.0',
    shows: [
      { path: /./, declared: true },
      { path: /^received\[\d+\]\.frames\[\d+\]\.code$/, before: /^NO_ERROR$/, after: /^INTERNAL_ERROR$/ },
      { path: /^stats\.cluster\.[\w-]+\.upstream_rq_[rt]x_reset$/, exchange: /RST_STREAM\(PROTOCOL_ERROR\)/ },
      undefinedGuard('reset_with_error'),
      undefinedGuard('reset_ignore_upstream_reason'),
    ],
  },
  cookiesInLimits: {
    since: ['1.36.7', '1.37.3', '1.38.1'],
    what: 'the lines of cookies in HTTP/2 count towards the limits of headers; before, only the one line that Envoy makes of them did',
    source:
      'CVE-2026-47774, https://github.com/envoyproxy/envoy/security/advisories/GHSA-22m2-hvr2-xqc8; release notes of 1.36.7, 1.37.3 and 1.38.1, bug_fixes, http2; runtime guard envoy.reloadable_features.http2_include_cookies_in_limits',
    shows: [{ path: /./, declared: true }],
  },
  deadlineExceeded: {
    since: '1.38.0',
    what: 'with its guard on, a route timeout of a gRPC request is grpc-status 4, DEADLINE_EXCEEDED; the guard is off by default',
    source:
      'release notes of 1.38.0, bug_fixes, grpc; https://github.com/envoyproxy/envoy/pull/44479; runtime guard envoy.reloadable_features.grpc_timeout_returns_deadline_exceeded, off by default',
    shows: [{ path: /./, declared: true }, undefinedGuard('grpc_timeout_returns_deadline_exceeded')],
  },
  headerListSize: {
    since: ['1.36.7', '1.37.3', '1.38.1'],
    what: 'headers in HTTP/2 that are larger together than max_request_headers_kb have a detail and a counter of their own, http2.header_list_size_too_large',
    source:
      'release notes of 1.36.7, 1.37.3 and 1.38.1, bug_fixes, http2, on CVE-2026-47774, https://github.com/envoyproxy/envoy/security/advisories/GHSA-22m2-hvr2-xqc8; the runtime guard of cookies does not revert it',
    shows: [{ path: /./, declared: true }],
  },
  cookieSizeLimit: {
    since: ['1.36.8', '1.37.4', '1.38.2'],
    what: 'a runtime value limits the size of all cookies of an HTTP/2 request; there is no such limit by default',
    source:
      'release notes of 1.36.8, 1.37.4 and 1.38.2, new_features, http2; https://github.com/envoyproxy/envoy/pull/45476; runtime value envoy.reloadable_features.http2_max_cookies_size_in_kb',
    shows: [{ path: /./, declared: true }],
  },
  resetAfterResponse: {
    since: '1.39.0',
    what: 'an HTTP/2 response is passed on whole when the upstream sends RST_STREAM(NO_ERROR) after it; before, the reset discarded what Envoy still held',
    source:
      'release notes of 1.39.0, bug_fixes; https://github.com/envoyproxy/envoy/pull/44749; runtime guard envoy.reloadable_features.http_preserve_rst_no_error',
    shows: [{ path: /./, declared: true }],
  },
  floodLimitsOfActiveStreams: {
    since: '1.39.0',
    what: 'the numbers of WINDOW_UPDATE and PRIORITY frames that a connection may send grow with its open streams; before, with all that it had ever opened',
    source:
      'release notes of 1.39.0, minor_behavior_changes, http2; https://github.com/envoyproxy/envoy/pull/45077; runtime guard envoy.reloadable_features.http2_flood_protection_active_streams',
    shows: [{ path: /./, declared: true }],
  },
  droppedHostInLimits: {
    since: ['1.36.10', '1.37.6', '1.38.4', '1.39.1'],
    what: 'a host header in HTTP/2 that Envoy drops beside :authority counts towards the limits of headers',
    source:
      'CVE-2026-73550, https://github.com/envoyproxy/envoy/security/advisories/GHSA-qgf6-qvhw-4hvh; release notes of 1.36.10, 1.37.6, 1.38.4, 1.39.1 and 1.40.0, bug_fixes, http2; runtime guard envoy.reloadable_features.http2_track_size_of_dropped_host_header',
    shows: [{ path: /./, declared: true }],
  },
  framesAfterEndStream: {
    since: '1.40.0',
    what: 'oghttp2 resets a stream with STREAM_CLOSED for frames after its END_STREAM; before, it accepted them',
    source:
      'release notes of 1.40.0, bug_fixes, http2; https://github.com/envoyproxy/envoy/pull/47507; runtime guard envoy.reloadable_features.http2_reject_frames_after_end_stream',
    shows: [{ path: /./, declared: true }],
  },
  nghttp2Connections: {
    since: '1.40.0',
    what: 'connections of HTTP/2 are counted by codec library: http2.nghttp2_downstream_connections, and of each cluster http2.nghttp2_upstream_connections',
    source:
      'undocumented; https://github.com/envoyproxy/envoy/pull/47535, whose runtime guard the binary of 1.40.0 does not define',
    shows: [
      {
        path: /^stats\.cluster\.[\w-]+\.http2\.nghttp2_upstream_connections$/,
        ...{ before: /^$/, beside: /^stats\.cluster\.[\w-]+\.upstream_cx_http2_total$/ },
      },
      { path: /^stats\.http2\.nghttp2_downstream_connections$/, before: /^$/ },
    ],
  },
  resetGuardsRemoved: {
    since: '1.40.0',
    what: 'the runtime guards reset_with_error and reset_ignore_upstream_reason have no effect; in 1.37 to 1.39, false restores the codes of 1.36, and passes a PROTOCOL_ERROR of the upstream on',
    source: 'release notes of 1.40.0, removed_config_or_runtime, http; https://github.com/envoyproxy/envoy/pull/46144',
    shows: [
      { path: /./, declared: true },
      removedGuard('reset_with_error'),
      removedGuard('reset_ignore_upstream_reason'),
    ],
  },
} as const satisfies Record<string, Change>;

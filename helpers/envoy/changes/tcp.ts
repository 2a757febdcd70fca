import type { Change } from './change.ts';

/** Changes of TCP connections and of how they end. */
export const TCP_CHANGES = {
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
} as const satisfies Record<string, Change>;

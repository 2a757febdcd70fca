import type { Change } from './change.ts';

/** Changes of TCP connections and of how they end. */
export const TCP_CHANGES = {
  drainNotice: {
    since: '1.40.0',
    what: 'a drain by POST /drain_listeners announces the end of open connections (connection: close, GOAWAY) and closes them after drain_timeout; before, they went on without a notice',
    source:
      'release notes of 1.40.0, admin; https://github.com/envoyproxy/envoy/pull/47042; runtime guard envoy.reloadable_features.non_graceful_drain_notifies_connections',
    shows: [{ path: /./, declared: true }],
  },
  upstreamResetPassedOn: {
    since: '1.38.0',
    what: 'tcp_proxy passes an RST of the upstream on to the downstream, and logs UR; before, the downstream got the end of the stream',
    source:
      'release notes of 1.38.0, new_features, tcp_proxy; https://github.com/envoyproxy/envoy/pull/44148; runtime guard envoy.reloadable_features.propagate_upstream_rst_through_tunneled_tcp_proxy',
    shows: [{ path: /./, declared: true }],
  },
  downstreamResetPassedOn: {
    since: '1.40.0',
    what: 'tcp_proxy passes an RST of the downstream on to the upstream; before, the upstream got the end of the stream',
    source:
      'release notes of 1.40.0, tcp_proxy; https://github.com/envoyproxy/envoy/pull/46519; runtime guard envoy.reloadable_features.propagate_downstream_rst_to_upstream',
    shows: [
      // A dialled connection is reset where its time is over.
      { path: /^(streams|connections)\[\d+\]\.ended$/, before: /^end$/, after: /^ECONNRESET$/ },
    ],
  },
  mappedOriginalDestination: {
    since: '1.39.1',
    what: 'an ORIGINAL_DST cluster connects to an IPv4-mapped IPv6 address in x-envoy-original-dst-host over IPv4; before, the connection failed',
    source:
      'undocumented, found by running 1.39.0 and 1.40.0; probably the fix of CVE-2026-73549, which keeps the address of a host as it is',
    shows: [{ path: /./, declared: true }],
  },
  scopedOriginalDestination: {
    since: ['1.36.10', '1.37.6', '1.38.4', '1.39.1'],
    what: 'an ORIGINAL_DST cluster connects to a link-local IPv6 address with a scope, dialled or in x-envoy-original-dst-host; before, one such connection crashed Envoy',
    source:
      'CVE-2026-73549, https://github.com/envoyproxy/envoy/security/advisories/GHSA-jp5f-qr64-c9vw; release notes of 1.36.10, 1.37.6, 1.38.4 and 1.39.1, bug_fixes, quic',
    shows: [
      { path: /^crashes/, before: /^SIGABRT/, after: /^$/ },
      { path: /./, declared: true },
    ],
  },
  sharedSourcePorts: {
    since: '1.40.0',
    what: 'a source address of upstream_bind_config with port 0 is bound with IP_BIND_ADDRESS_NO_PORT: connections to different destinations share its ports; before, each connection held one of its own',
    source:
      'release notes of 1.40.0, bug_fixes, upstream (envoy.reloadable_features.upstream_bind_config_fix_port_exhaustion); https://github.com/envoyproxy/envoy/pull/45916; reported in https://github.com/envoyproxy/envoy/issues/44747',
    shows: [{ path: /./, declared: true }],
  },
  tunnelResponseReason: {
    since: '1.39.0',
    what: '%UPSTREAM_TRANSPORT_FAILURE_REASON% has the status with which a CONNECT tunnel of tcp_proxy was refused, tunnel_response:503',
    source: 'undocumented, found by comparing 1.38.3 with 1.39.0; https://github.com/envoyproxy/envoy/pull/44157',
    shows: [{ path: /^accessLog\[\d+\]\.upstream_transport_failure_reason$/, after: /^tunnel_response:/ }],
  },
  tunnelEndNotReset: {
    // Versions before 1.38.0 end the connection, too.
    since: ['1.36.0', '1.37.0', '1.39.0'],
    what: 'tcp_proxy with tunneling_config ends a connection whose tunnel ends; 1.38 resets it (UR), and may drop bytes that it has received before',
    source:
      'release notes of 1.39.0, bug_fixes, tcp_proxy; https://github.com/envoyproxy/envoy/pull/45267; reported in https://github.com/envoyproxy/envoy/issues/45190',
    shows: [{ path: /./, declared: true }],
  },
} as const satisfies Record<string, Change>;

import type { Change } from './change.ts';

/** Changes of listener filters: how the protocol of a connection is detected. */
export const DETECTION_CHANGES = {
  httpInspectorBalsa: {
    since: '1.39.0',
    what: 'http_inspector reads with Balsa: any method is HTTP, a word without a line end waits for listener_filters_timeout, and SOURCE … ICE/1.0 is not HTTP',
    source:
      'release notes of 1.39.0, minor_behavior_changes, http_inspector; https://github.com/envoyproxy/envoy/issues/45709; runtime guard envoy.reloadable_features.http_inspector_use_balsa_parser',
    shows: [{ path: /./, declared: true }],
  },
  inspectorFailureReason: {
    since: '1.37.0',
    what: 'tls_inspector reports why the first bytes are no ClientHello as DOWNSTREAM_TRANSPORT_FAILURE_REASON, also of plaintext connections',
    source: 'release notes of 1.37.0, tls_inspector',
    shows: [{ path: /^ownLog\[\d+\]\.line\.failure$/, before: /^(null)?$/, after: /^TLS_error\|error:/ }],
  },
  inspectorRejectsSsl3: {
    since: '1.39.0',
    what: 'tls_inspector resets a connection whose ClientHello has a version that it does not know, such as SSL 3.0; before, it passed as no TLS',
    source:
      'release notes of 1.39.0, behavior_changes, tls_inspector; runtime guard envoy.reloadable_features.tls_inspector_enforce_client_tls_version',
    shows: [{ path: /./, declared: true }],
  },
} as const satisfies Record<string, Change>;

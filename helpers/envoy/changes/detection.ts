import type { Change } from './change.ts';

/** Changes of listener filters, and of the PROXY protocol. */
export const DETECTION_CHANGES = {
  httpInspectorBalsa: {
    since: '1.39.0',
    what: 'http_inspector reads with Balsa: any method is HTTP, a word without a line end waits for listener_filters_timeout, and SOURCE … ICE/1.0 is not HTTP',
    source:
      'release notes of 1.39.0, minor_behavior_changes, http_inspector; https://github.com/envoyproxy/envoy/pull/44679; https://github.com/envoyproxy/envoy/issues/45709; runtime guard envoy.reloadable_features.http_inspector_use_balsa_parser',
    shows: [{ path: /./, declared: true }],
  },
  refusedFailureReason: {
    since: ['1.36.3', '1.37.0'],
    what: 'tls_inspector reports why the first bytes are no ClientHello as DOWNSTREAM_TRANSPORT_FAILURE_REASON, of connections that a listener filter refuses',
    source: 'release notes of 1.36.3 and 1.37.0, tls_inspector; https://github.com/envoyproxy/envoy/pull/42034',
    shows: [
      {
        path: /^ownLog\[\d+\]\.line\.failure$/,
        ...{ before: /^(null)?$/, after: /^TLS_error\|error:/, exchange: /resets the connection before any chain/ },
      },
    ],
  },
  inspectorFailureReason: {
    since: '1.37.0',
    what: 'tls_inspector reports why the first bytes are no ClientHello as DOWNSTREAM_TRANSPORT_FAILURE_REASON, also of plaintext connections',
    source: 'release notes of 1.37.0, tls_inspector',
    shows: [{ path: /^ownLog\[\d+\]\.line\.failure$/, before: /^(null)?$/, after: /^TLS_error\|error:/ }],
  },
  inspectorReadsSsl3: {
    since: '1.37.0',
    what: 'tls_inspector takes a ClientHello of SSL 3.0 for TLS; before, it was no TLS',
    source:
      'release notes of 1.37.0, minor_behavior_changes, tls_inspector; https://github.com/envoyproxy/envoy/pull/42871',
    shows: [{ path: /./, declared: true }],
  },
  inspectorRejectsSsl3: {
    since: '1.39.0',
    what: 'tls_inspector resets a connection whose ClientHello has a version that it does not know, such as SSL 3.0; before, the connection passed',
    source:
      'release notes of 1.39.0, behavior_changes, tls_inspector; https://github.com/envoyproxy/envoy/pull/44274; runtime guard envoy.reloadable_features.tls_inspector_enforce_client_tls_version',
    shows: [{ path: /./, declared: true }],
  },
  proxyProtocolDuplicateTlvs: {
    since: '1.37.0',
    what: 'every field of a PROXY protocol header is passed on; before, the first one of each type',
    source:
      'release notes of 1.37.0, bug_fixes, proxy_protocol; https://github.com/envoyproxy/envoy/pull/42894; runtime guard envoy.reloadable_features.proxy_protocol_allow_duplicate_tlvs',
    shows: [{ path: /./, declared: true }],
  },
  proxyProtocolLongTlvs: {
    since: ['1.36.9', '1.37.5', '1.38.3'],
    what: 'Envoy leaves out fields that do not fit into a PROXY protocol header; before, it wrote them with a wrong length, so that their bytes were read as part of the stream',
    source:
      'CVE-2026-47692, https://github.com/envoyproxy/envoy/security/advisories/GHSA-wh36-hm39-mm3r; release notes of 1.36.9, 1.38.3 and 1.39.0, bug_fixes, proxy_protocol; runtime guard envoy.reloadable_features.proxy_protocol_remove_too_long_tlvs',
    shows: [
      { path: /./, declared: true },
      { path: /^log\[warning\]\[misc\]$/, before: /^$/, after: /Skipping TLV type/ },
    ],
  },
} as const satisfies Record<string, Change>;

import type { Change } from './change.ts';

/** Changes of TLS, to clients and to upstreams. */
export const TLS_CHANGES = {
  verificationDetails: {
    since: '1.37.0',
    what: 'the reason of a failed TLS handshake says why a certificate was not accepted; before, only CERTIFICATE_VERIFY_FAILED or PEER_DID_NOT_RETURN_A_CERTIFICATE',
    source: 'release notes of 1.37.0, new_features, tls; https://github.com/envoyproxy/envoy/pull/42420',
    shows: [
      {
        path: /^(ownLog|accessLog)\[\d+\]/,
        after: /(CERTIFICATE_VERIFY_FAILED|PEER_DID_NOT_RETURN_A_CERTIFICATE):(?!TLS)/,
      },
      { path: /^(replies|accessLog)\[/, declared: true },
    ],
  },
  verificationNames: {
    since: '1.38.0',
    what: 'the reason of a failed TLS handshake names the SANs of a certificate that has not the demanded one',
    source: 'undocumented, found by comparing 1.37.0 with 1.38.2; https://github.com/envoyproxy/envoy/pull/43069',
    shows: [
      {
        path: /^(ownLog|accessLog)\[\d+\]/,
        before: /verify_cert_failed:_(SAN_matcher|verify_SAN_list):/,
        after: /certificate_SANs/,
      },
    ],
  },
  certificateCompression: {
    since: '1.38.0',
    what: 'Envoy offers the compression of certificates to upstreams, in 9 more bytes of its ClientHello',
    source:
      'release notes of 1.38.0, new_features, tls; https://github.com/envoyproxy/envoy/pull/42690; runtime guard envoy.reloadable_features.tls_certificate_compression_brotli',
    shows: [
      { path: /^streams/, declared: true },
      { path: /^streams\[\d+\]\.bytes$/, by: 9 },
    ],
  },
  certificateCompressionOff: {
    since: '1.38.3',
    what: 'Envoy offers no compression of certificates to upstreams by default',
    source:
      'release notes of 1.38.3 and 1.39.0, minor_behavior_changes, tls; https://github.com/envoyproxy/envoy/pull/45618',
    shows: [
      { path: /^streams/, declared: true },
      { path: /^streams\[\d+\]\.bytes$/, by: -9 },
    ],
  },
  keyUsageEnforced: {
    since: '1.38.0',
    what: 'Envoy demands that the key usage of an RSA certificate of an upstream allows what TLS uses the key for; before, only with enforce_rsa_key_usage',
    source: 'release notes of 1.38.0, behavior_changes, tls; https://github.com/envoyproxy/envoy/pull/43433',
    shows: [
      { path: /./, declared: true },
      { path: /^log\[warning\]\[misc\]$/, before: /^$/, after: /\benforce_rsa_key_usage\b/ },
    ],
  },
  keyUsageAlwaysEnforced: {
    since: '1.39.0',
    what: 'enforce_rsa_key_usage: false has no effect: Envoy always demands the key usage of an RSA certificate',
    source: 'release notes of 1.39.0, behavior_changes, tls',
    shows: [
      { path: /./, declared: true },
      { path: /^log\[warning\]\[misc\]$/, before: /'enforce_rsa_key_usage' option is set to false/, after: /^$/ },
    ],
  },
  tlsResetPassedOn: {
    since: '1.39.0',
    what: 'tcp_proxy passes an RST on also where one side is TLS: an RST of a TLS upstream is seen as such, and a TLS client gets an RST without close_notify before it',
    source:
      'release notes of 1.39.0, minor_behavior_changes, tls; https://github.com/envoyproxy/envoy/pull/44149; runtime guard envoy.reloadable_features.ssl_socket_report_connection_reset',
    shows: [
      { path: /./, declared: true },
      // Envoy no longer writes close_notify to a connection that was reset.
      {
        path: /^ownLog\[\d+\]\.line\.failure$/,
        before: /Connection_reset_by_peer.*Broken_pipe/,
        after: /Connection_reset_by_peer/,
      },
    ],
  },
  postQuantumGroup: {
    since: '1.40.0',
    what: 'Envoy uses the key-exchange group X25519MLKEM768 in TLS 1.3 where the other side has it',
    source:
      'release notes of 1.40.0, minor_behavior_changes, tls; https://github.com/envoyproxy/envoy/pull/47225; runtime guard envoy.reloadable_features.pqc_default_ecdh_curves',
    shows: [
      { path: /^replies\[\d+\]\.(tls\.group|body)$/, before: /X25519\b|"group":29/, after: /MLKEM768|"group":4588/ },
      { path: /^received\[\d+\]\.tls\.groups/, after: /MLKEM768/ },
      { path: /^received\[\d+\]\.tls\.groups/, declared: true },
      { path: /^stats\.(listener|cluster)\..*\.ssl\.curves\.X25519(MLKEM768)?$/ },
      { path: /^streams/, declared: true },
    ],
  },
  requestedServerNameOfHost: {
    since: '1.37.0',
    what: '%REQUESTED_SERVER_NAME% takes parameters, with which it falls back to the host of the request; before, Envoy refuses such a config',
    source:
      'release notes of 1.37.0, new_features, access_log; https://github.com/envoyproxy/envoy/pull/42659; requested in https://github.com/envoyproxy/envoy/issues/42617',
    shows: [{ path: /./, declared: true }],
  },
  requestedServerNameCrash: {
    since: ['1.37.5', '1.38.3'],
    what: '%REQUESTED_SERVER_NAME(HOST_FIRST:ORIG)% is empty for a request without an original host; before, Envoy crashed',
    source:
      'CVE-2026-47220, https://github.com/envoyproxy/envoy/security/advisories/GHSA-j9wh-4qfm-wf2v; release notes of 1.38.3 and 1.39.0, bug_fixes, formatter',
    shows: [{ path: /./, declared: true }],
  },
} as const satisfies Record<string, Change>;

import type { Change } from './change.ts';

const DECLARED = [{ path: /./, declared: true }] as const;

/** Changes of the configs that Envoy accepts. */
export const CONFIG_CHANGES = {
  connectEarlyDataOption: {
    since: '1.37.0',
    what: 'the router has the option reject_connect_request_early_data; without it, bytes before the response to a CONNECT are accepted',
    source:
      'release notes of 1.37.0, removed_config_or_runtime, router; https://github.com/envoyproxy/envoy/pull/42758; it takes the place of the runtime guard reject_early_connect_data of 1.36.3',
    shows: DECLARED,
  },
  coalesceOperator: {
    since: '1.37.0',
    what: 'access logs have the operator COALESCE; before, Envoy refused a config with it',
    source: 'release notes of 1.37.0, new_features, access_log; https://github.com/envoyproxy/envoy/pull/42711',
    shows: DECLARED,
  },
  upstreamConnectMode: {
    since: '1.37.0',
    what: 'tcp_proxy has upstream_connect_mode and max_early_data_bytes; before, Envoy refused a config with them',
    source: 'release notes of 1.37.0, new_features, tcp_proxy; https://github.com/envoyproxy/envoy/pull/41696',
    shows: DECLARED,
  },
  detectedCloseType: {
    since: '1.38.0',
    what: 'access logs have the operators DOWNSTREAM_DETECTED_CLOSE_TYPE and UPSTREAM_DETECTED_CLOSE_TYPE; before, Envoy refused a config with one',
    source:
      'release notes of 1.38.0, new_features, formatter; https://github.com/envoyproxy/envoy/pull/43055 and https://github.com/envoyproxy/envoy/pull/43124',
    shows: DECLARED,
  },
  earlyDataBytesRequired: {
    since: '1.38.0',
    what: 'tcp_proxy requires max_early_data_bytes with every upstream_connect_mode but IMMEDIATE; 1.37 requires it with ON_DOWNSTREAM_DATA only',
    source: 'release notes of 1.38.0, behavior_changes, tcp_proxy; https://github.com/envoyproxy/envoy/pull/42505',
    shows: DECLARED,
  },
  unboundUdpRefused: {
    since: '1.40.0',
    what: 'a UDP listener with bind_to_port false is refused; before, Envoy accepted it',
    source: 'release notes of 1.40.0, bug_fixes, listener; https://github.com/envoyproxy/envoy/pull/46386',
    shows: DECLARED,
  },
} as const satisfies Record<string, Change>;

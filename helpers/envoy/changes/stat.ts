import type { Change, Sign } from './change.ts';

/** A difference of an inventory by the last parts of names, of stats and of Prometheus series alike. */
function named(...names: string[]): Pick<Sign, 'path'> {
  return { path: new RegExp(`^inventory\\.(stats|series)\\.(?:.*[._])?(${names.join('|')})(\\{[^}]*\\})?$`) };
}

const NEW = { before: /^$/ };
const GONE = { after: /^$/ };

/** Changes of the names of stats, which need no traffic to show. */
export const STAT_CHANGES = {
  extAuthzLimitCounters: {
    since: '1.37.0',
    what: 'ext_authz has the counters omitted_response_headers, request_header_limits_reached and response_header_limits_reached',
    source:
      'undocumented, found by comparing 1.36.4 with 1.37.0; https://github.com/envoyproxy/envoy/pull/41334 adds omitted_response_headers',
    shows: [{ ...named('omitted_response_headers', '(request|response)_header_limits_reached'), ...NEW }],
  },
  sdsResourceLabel: {
    since: '1.37.0',
    what: 'the Prometheus series of a secret (SDS) have its name in the label envoy_xds_resource_name; before, in their own names',
    source: 'undocumented; https://github.com/envoyproxy/envoy/pull/42211',
    shows: [
      { path: /^inventory\.series\.sds_\w+_(init_fetch_timeout|key_rotation_failed|update_\w+|version)$/, ...GONE },
      { path: /^inventory\.series\.sds_\w+\{envoy_xds_resource_name\}$/, ...NEW },
    ],
  },
  luaExecutions: {
    since: '1.37.0',
    what: 'a Lua filter has the counter executions',
    source: 'release notes of 1.37.0, new_features, lua; https://github.com/envoyproxy/envoy/pull/41772',
    shows: [{ ...named('lua.executions', 'lua_executions'), ...NEW }],
  },
  globalConnectionsPressure: {
    since: '1.37.0',
    what: 'the resource monitor global_downstream_max_connections has the gauge pressure',
    source:
      'release notes of 1.37.0, minor_behavior_changes, overload_manager; reported in https://github.com/envoyproxy/envoy/issues/34283',
    shows: [{ ...named('global_downstream_max_connections[._]pressure'), ...NEW }],
  },
  luaVmCount: {
    since: '1.39.0',
    what: 'the gauge lua.lua_vm_count counts virtual machines of Lua',
    source: 'undocumented, found by comparing 1.38.3 with 1.39.0; https://github.com/envoyproxy/envoy/pull/45871',
    shows: [{ ...named('lua_vm_count'), ...NEW }],
  },
  activeRequestOverflow: {
    since: '1.38.0',
    what: 'a request over the limit of active requests counts as upstream_rq_active_overflow; before, as upstream_rq_pending_overflow',
    source:
      'release notes of 1.38.0, minor_behavior_changes, conn_pool; https://github.com/envoyproxy/envoy/pull/44164; runtime guard envoy.reloadable_features.skip_pending_overflow_count_on_active_rq',
    shows: [
      { ...named('upstream_rq_active_overflow'), ...NEW },
      { path: /^stats\.cluster\.[\w-]+\.upstream_rq_(active|pending)_overflow$/, declared: true },
    ],
  },
  extAuthzShadowMode: {
    since: '1.38.0',
    what: 'ext_authz has a shadow mode with the counters shadow_denied and shadow_error',
    source: 'release notes of 1.38.0, new_features; https://github.com/envoyproxy/envoy/pull/44481',
    shows: [{ ...named('shadow_denied', 'shadow_error'), ...NEW }],
  },
  localRateLimitShadowMode: {
    since: '1.38.0',
    what: 'local_ratelimit has the counter shadow_mode',
    source: 'release notes of 1.38.0, new_features, ratelimit; https://github.com/envoyproxy/envoy/pull/42848',
    shows: [{ ...named('http_local_rate_limit.shadow_mode', 'http_local_rate_limit_shadow_mode'), ...NEW }],
  },
  memoryReleaseTimer: {
    since: '1.38.0',
    what: 'the counter tcmalloc.released_by_timer is removed: TCMalloc releases memory in the background',
    source: 'release notes of 1.38.0, minor_behavior_changes, memory; https://github.com/envoyproxy/envoy/pull/43585',
    shows: [{ ...named('released_by_timer'), ...GONE }],
  },
  resetNoErrorCounter: {
    since: '1.39.0',
    what: 'clusters have the counter upstream_rq_rx_reset_no_error',
    source: 'undocumented, found by comparing 1.38.3 with 1.39.0; comes with http_preserve_rst_no_error',
    shows: [{ ...named('upstream_rq_rx_reset_no_error'), ...NEW }],
  },
  keyUsageCounter: {
    since: '1.39.0',
    what: 'the counter ssl.was_key_usage_invalid is removed: a certificate with the wrong key usage always fails the handshake',
    source: 'undocumented; https://github.com/envoyproxy/envoy/pull/45326',
    shows: [{ path: /^inventory\.(stats|series)\..*[._]ssl[._]was_key_usage_invalid\b/, ...GONE }],
  },
  dnsAddressFilter: {
    since: '1.39.0',
    what: 'each DNS cache has the counter dns_address_filter_out, of addresses that a filter of the cache denies',
    source:
      'release notes of 1.39.0, new_features, dynamic_forward_proxy; https://github.com/envoyproxy/envoy/pull/45380',
    shows: [{ ...named('dns_address_filter_out'), ...NEW }],
  },
  tcpProxyCounters: {
    since: '1.39.0',
    what: 'tcp_proxy has the counters downstream_cx_drain_close and route_delayed_total',
    source:
      'undocumented, found by comparing 1.38.3 with 1.39.0; probably https://github.com/envoyproxy/envoy/pull/44567, with the option check_drain_close, and https://github.com/envoyproxy/envoy/pull/44109, which delays the selection of a route',
    shows: [
      { path: /^inventory\.(stats\.tcp\.\*\.|series\.tcp_)(downstream_cx_drain_close|route_delayed_total)\b/, ...NEW },
    ],
  },
  pinnedWorkers: {
    since: '1.39.0',
    what: 'the gauge listener_manager.workers_pinned counts the workers that are pinned to a processor',
    source: 'undocumented, found by comparing 1.38.3 with 1.39.0; https://github.com/envoyproxy/envoy/pull/45722',
    shows: [{ ...named('workers_pinned'), ...NEW }],
  },
  preconnectSkipped: {
    since: '1.40.0',
    what: 'clusters have the counter upstream_cx_preconnect_skipped, of hosts that preconnect_enabled_metadata leaves out',
    source: 'release notes of 1.40.0, new_features, upstream; https://github.com/envoyproxy/envoy/pull/46153',
    shows: [{ ...named('upstream_cx_preconnect_skipped'), ...NEW }],
  },
  queueOverloaded: {
    since: '1.40.0',
    what: 'clusters have the gauge upstream_queue_overloaded, of queues of pending requests that are overloaded',
    source:
      'undocumented, found by comparing 1.39.3 with 1.40.0; the counter of the queue policy adaptive LIFO; probably https://github.com/envoyproxy/envoy/pull/47520',
    shows: [{ ...named('upstream_queue_overloaded'), ...NEW }],
  },
  tcpProxyOverload: {
    since: '1.40.0',
    what: 'tcp_proxy has the counter downstream_cx_overload_close',
    source:
      'release notes of 1.40.0, new_features, tcp_proxy; https://github.com/envoyproxy/envoy/pull/47046 and https://github.com/envoyproxy/envoy/pull/47097',
    shows: [{ path: /^inventory\.(stats\.tcp\.\*\.|series\.tcp_)downstream_cx_overload_close\b/, ...NEW }],
  },
  tcpProxyRouterCounters: {
    since: '1.40.0',
    what: 'tcp_proxy with tunneling_config has the counters of a router, http.*.rq_total and others, from its start; before, they were below tcp.*.http.async-client',
    source: 'undocumented, found by comparing 1.39.3 with 1.40.0 in the chapter tcp-proxy',
    shows: [
      {
        path: /^inventory\.(stats\.http\.\*\.|series\.http_)(no_cluster|no_route|passthrough_internal_redirect_\w+|rq_(direct_response|overload_local_reply|redirect|reset_after_downstream_response_started|total))\b/,
        ...NEW,
      },
      { path: /^inventory\.(stats\.tcp\.\*\.http\.async-client\.|series\.tcp_http_async_client_)/, ...GONE },
    ],
  },
} as const satisfies Record<string, Change>;

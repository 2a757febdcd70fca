import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, filter, listener, networkFilter, route } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';

const CLUSTERS = ['requests', 'http2-requests', 'connections', 'pending', 'retries', 'budget'];
const HTTP = 'typed_extension_protocol_options[envoy.extensions.upstreams.http.v3.HttpProtocolOptions]';
const COMMON = 'common_http_protocol_options';

export const faults: Faults = {
  'circuit breakers refuse everything': {
    fault: CLUSTERS.map((name) =>
      config({
        at: cluster(name),
        set: { 'circuit_breakers.thresholds': [{ max_requests: 0 }, { priority: 'HIGH', max_requests: 0 }] },
      }),
    ),
    why: 'the first request gets 503 already',
  },
  'circuit breakers of 0 removed': {
    fault: ['no-requests', 'no-pending', 'no-retries', 'bytes'].map((name) =>
      config({ at: cluster(name), delete: ['circuit_breakers'] }),
    ),
    why: 'requests and connections are served',
  },
  'listeners have no limits of connections': {
    fault: [
      config({
        at: networkFilter('envoy.filters.network.connection_limit'),
        set: { 'typed_config.max_connections': 2 },
      }),
      config({ delete: ['layered_runtime'] }),
      config({ at: listener('sizes'), add: { ignore_global_conn_limit: true } }),
    ],
    why: 'further connections are served',
  },
  'the listener bypasses the overload manager': {
    fault: config({ at: listener('ingress'), add: { bypass_overload_manager: true } }),
    why: 'no action concerns it',
  },
  'the buffer has another limit': {
    fault: [
      config({ at: filter('envoy.filters.http.buffer'), set: { 'typed_config.max_request_bytes': 10 } }),
      config({ at: route('/unbuffered'), delete: ['typed_per_filter_config'] }),
      config({ at: route('/wider'), delete: ['typed_per_filter_config'] }),
    ],
    why: 'smaller bodies get 413',
  },
  'limits of headers removed': {
    fault: [
      config({ at: connectionManager('sizes'), delete: ['max_request_headers_kb', COMMON] }),
      config({ at: cluster('sizes'), delete: [`${HTTP}.${COMMON}`] }),
    ],
    why: 'more and longer headers pass',
  },
  'bodies have no limit': {
    fault: [
      config({ at: filter('envoy.filters.http.buffer'), set: { 'typed_config.max_request_bytes': 1000 } }),
      config({ at: route('/wider'), delete: ['typed_per_filter_config'] }),
    ],
    why: 'a larger body reaches the upstream',
  },
  'runtime guard of shared source ports is false': {
    fault: config({
      add: {
        'layered_runtime.layers[limits].static_layer[envoy.reloadable_features.upstream_bind_config_fix_port_exhaustion]': false,
      },
    }),
    why: 'each connection binds a port of its own, and none is left',
  },
  'sharing of source ports dated to another version': {
    misdated: CHANGES.sharedSourcePorts,
    why: 'the claim expects 503',
  },
  'wrong version recorded for the counter of refused requests': {
    misdated: CHANGES.activeRequestOverflow,
    why: 'the other counter moves',
  },
};

const retried = (path: string): Record<string, string> => ({
  [`route ${path}: route.timeout is not there`]:
    'the default is 15 s; with 0s, requests to the upstream have no header with the time that is left',
  [`route ${path}: route.retry_policy.retry_back_off.base_interval is not there`]:
    'the default is 25 ms; the config shortens the wait before a retry',
});

export const accepted: Record<string, string> = {
  ...retried('/retries'),
  ...retried('/no-retries'),
  ...retried('/budget'),
  'route /bound/bytes: request_headers_to_remove[x-request-id] is not there':
    'no claim reads the bytes of this request, which comparisons of versions show',
};

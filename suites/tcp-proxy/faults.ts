import { PORTS } from '../../helpers/constants/ports.ts';
import type { ConfigChange } from '../../helpers/envoy/config-change.ts';
import { cluster, listener, networkFilter } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { renamed, staticAddress, translatedSource } from '../shared/faults.ts';

const toUpstream = { match: { prefix: '/' }, route: { cluster: 'upstream' } };
const router = { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' };
const tcpProxy = (name: string) => networkFilter('envoy.filters.network.tcp_proxy', listener(name));
const TCP_PROXY = tcpProxy('ingress');

/** Replaces tcp_proxy by an HTTP connection manager, which a reader might configure instead. */
const httpProxy: ConfigChange = {
  at: TCP_PROXY,
  set: {
    name: 'envoy.filters.network.http_connection_manager',
    'typed_config.@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
  },
  delete: ['typed_config.cluster'],
  add: {
    'typed_config.route_config': { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [toUpstream] }] },
    'typed_config.http_filters': [{ name: 'envoy.filters.http.router', typed_config: router }],
  },
};

export const faults: Faults = {
  'HTTP connection manager in place of tcp_proxy': {
    fault: config(httpProxy),
    why: 'Envoy parses requests, adds headers, pools upstream connections and opens none before a request',
  },
  'another upstream responds': renamed('its name is in the server header'),
  'upstreams change one byte': {
    fault: [upstream('upstream', { changesByte: true }), upstream('bytes', { changesByte: true })],
    why: 'digests differ, and the bytes upstream does not recognise the request to end first',
  },
  'bytes listener forwards to the HTTP upstream': {
    fault: config({ at: tcpProxy('bytes'), set: { 'typed_config.cluster': 'upstream' } }),
    why: 'the HTTP upstream sends nothing before it receives a request',
  },
  'TCP_DEFER_ACCEPT set on the bytes listener': {
    fault: config({
      at: listener('bytes'),
      // TCP_DEFER_ACCEPT, for 10 seconds.
      add: { socket_options: [{ level: 6, name: 9, int_value: 10, state: 'STATE_PREBIND' }] },
    }),
    why: 'Envoy does not accept a connection before the client sends bytes',
  },
  'firewall drops FIN packets of the bytes listener': {
    fault: addedRule('filter', `-A OUTPUT -p tcp --sport ${PORTS.bytesListener} --tcp-flags FIN FIN -j DROP`),
    why: "the client does not see the end of the upstream's half",
  },
  "source address of Envoy's upstream connections rewritten": translatedSource,
  'flush_access_log_on_connected set': {
    fault: config({
      at: TCP_PROXY,
      add: { 'typed_config.access_log_options': { flush_access_log_on_connected: true } },
    }),
    why: 'each connection has two access log entries',
  },
  'max_connect_attempts is 2': {
    fault: config({ at: TCP_PROXY, add: { 'typed_config.max_connect_attempts': 2 } }),
    why: 'two connection attempts fail instead of one',
  },
  'outlier detection ejects the upstream after one failure': {
    fault: config({
      at: cluster('upstream'),
      add: {
        outlier_detection: {
          split_external_local_origin_errors: true,
          consecutive_local_origin_failure: 1,
          base_ejection_time: '600s',
          max_ejection_percent: 100,
        },
        // By default Envoy uses ejected endpoints where too few are left.
        common_lb_config: { healthy_panic_threshold: { value: 0 } },
      },
    }),
    why: 'the only endpoint stays ejected after it is back',
  },
  'upstream address written into the config instead of its DNS name': staticAddress,
};

import { PORTS } from '../../helpers/constants/ports.ts';
import type { ConfigChange } from '../../helpers/envoy/config-change.ts';
import { cluster, listener, networkFilter } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { addressInConfig, strangerAnswers, translatedSource } from '../shared/faults.ts';

const toUpstream = { match: { prefix: '/' }, route: { cluster: 'upstream' } };
const router = { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' };
const tcpProxy = (name: string) => networkFilter('envoy.filters.network.tcp_proxy', listener(name));
const TCP_PROXY = tcpProxy('ingress');

/** The HTTP proxy that a reader might configure instead. */
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
  'an HTTP proxy stands in the place of the TCP proxy': {
    fault: config(httpProxy),
    why: 'it reads requests, adds headers, shares connections among requests, and opens none before there is one',
  },
  'another upstream answers': strangerAnswers('it names itself as the server'),
  'a byte changes on the way': {
    fault: [upstream('upstream', { changesByte: true }), upstream('bytes', { changesByte: true })],
    why: 'the digests differ, and the upstream of bytes does not know what to end first for',
  },
  'the second listener leads to the upstream of the first': {
    fault: config({ at: tcpProxy('bytes'), set: { 'typed_config.cluster': 'upstream' } }),
    why: 'that one speaks HTTP, and not before it is asked',
  },
  'the kernel keeps a connection from Envoy until it brings bytes': {
    fault: config({
      at: listener('bytes'),
      // TCP_DEFER_ACCEPT, for 10 seconds.
      add: { socket_options: [{ level: 6, name: 9, int_value: 10, state: 'STATE_PREBIND' }] },
    }),
    why: 'who waits to hear something first waits in vain',
  },
  'a firewall swallows how Envoy ends a connection': {
    fault: addedRule('filter', `-A OUTPUT -p tcp --sport ${PORTS.bytesListener} --tcp-flags FIN FIN -j DROP`),
    why: 'the downstream does not learn that the other half has ended',
  },
  'the host rewrites the source of what Envoy sends': translatedSource,
  'Envoy logs a connection when it opens, too': {
    fault: config({
      at: TCP_PROXY,
      add: { 'typed_config.access_log_options': { flush_access_log_on_connected: true } },
    }),
    why: 'there are two lines a connection',
  },
  'Envoy tries to connect twice': {
    fault: config({ at: TCP_PROXY, add: { 'typed_config.max_connect_attempts': 2 } }),
    why: 'two connections fail',
  },
  'Envoy avoids an upstream that has failed once': {
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
    why: 'a single upstream that was down once has no successor',
  },
  'the address of the upstream is written into the config': addressInConfig,
};

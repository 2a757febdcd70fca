import { PORTS } from '../../helpers/constants/ports.ts';
import type { ConfigChange } from '../../helpers/envoy/config-change.ts';
import { AT, addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';

const LISTENERS = 'static_resources.listeners';

const FILTER = `${LISTENERS}.0.filter_chains.0.filters.0`;

/** What a reader would write who thinks that a proxy is a proxy. */
const httpProxy: ConfigChange = {
  set: {
    [`${FILTER}.name`]: 'envoy.filters.network.http_connection_manager',
    [`${FILTER}.typed_config.@type`]:
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
  },
  delete: [`${FILTER}.typed_config.cluster`],
  add: {
    [`${FILTER}.typed_config.route_config`]: {
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'upstream' } }] },
      ],
    },
    [`${FILTER}.typed_config.http_filters`]: [
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
  },
};

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'an HTTP proxy stands in the place of the TCP proxy': {
    fault: config(httpProxy),
    why: 'it reads requests, adds headers, shares connections among requests, and opens none before there is one',
  },
  'another upstream answers': {
    fault: upstream('upstream', { name: 'stranger' }),
    why: 'it names itself as the server',
  },
  'a byte changes on the way': {
    fault: [upstream('upstream', { changesByte: true }), upstream('bytes', { changesByte: true })],
    why: 'the digests differ, and the upstream of bytes does not know what to end first for',
  },
  'the second listener leads to the upstream of the first': {
    fault: config({ set: { [`${LISTENERS}.1.filter_chains.0.filters.0.typed_config.cluster`]: 'upstream' } }),
    why: 'that one speaks HTTP, and not before it is asked',
  },
  'the kernel keeps a connection from Envoy until it brings bytes': {
    fault: config({
      add: {
        // TCP_DEFER_ACCEPT, which the kernel gives up after so many seconds.
        [`${LISTENERS}.1.socket_options`]: [{ level: 6, name: 9, int_value: 10, state: 'STATE_PREBIND' }],
      },
    }),
    why: 'who waits to hear something first waits in vain',
  },
  'a firewall swallows how Envoy ends a connection': {
    fault: addedRule('filter', `-A OUTPUT -p tcp --sport ${PORTS.bytesListener} --tcp-flags FIN FIN -j DROP`),
    why: 'the downstream does not learn that the other half has ended',
  },
  'the host rewrites the source of what Envoy sends': {
    fault: addedRule('nat', '-A POSTROUTING -p tcp --dport 5000 -j MASQUERADE --to-ports 20000-29999'),
    why: 'the upstream sees a port that is not Envoy’s',
  },
  'Envoy logs a connection when it opens, too': {
    fault: config({ add: { [`${AT.http}.access_log_options`]: { flush_access_log_on_connected: true } } }),
    why: 'there are two lines a connection',
  },
  'Envoy tries to connect twice': {
    fault: config({ add: { [`${AT.http}.max_connect_attempts`]: 2 } }),
    why: 'two connections fail',
  },
  'Envoy avoids an upstream that has failed once': {
    fault: config({
      add: {
        [`${AT.cluster}.outlier_detection`]: {
          split_external_local_origin_errors: true,
          consecutive_local_origin_failure: 1,
          base_ejection_time: '600s',
          max_ejection_percent: 100,
        },
        // Where too few are left Envoy takes an ejected one nevertheless, unless it is told not to.
        [`${AT.cluster}.common_lb_config`]: { healthy_panic_threshold: { value: 0 } },
      },
    }),
    why: 'a single upstream that was down once has no successor',
  },
  'the address of the upstream is written into the config': {
    fault: config({
      delete: [`${AT.cluster}.cluster_type`],
      add: { [`${AT.cluster}.type`]: 'STATIC' },
      set: {
        [`${AT.cluster}.load_assignment.endpoints.0.lb_endpoints.0.endpoint.address.socket_address.address`]:
          '198.51.100.10',
      },
    }),
    why: 'nobody asks DNS',
  },
};

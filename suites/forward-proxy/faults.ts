import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { cluster, connectionManager, filter, listener, route } from '../../helpers/envoy/select.ts';
import {
  addedRule,
  changedRule,
  config,
  type Faults,
  resolves,
  upstream,
  withoutRule,
} from '../../helpers/scenario/faults.ts';
import { anotherBody, masquerades } from '../shared/faults.ts';
import { MOST_CALLS, RULE } from './scenario.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'no rule captures HTTP': {
    fault: withoutRule(RULE.http),
    why: 'the downstream meets who it dialled itself',
  },
  'no rule captures TLS': {
    fault: withoutRule(RULE.tls),
    why: 'the downstream meets the upstream itself, with the same certificate but without Envoy',
  },
  "the rule for HTTP captures Envoy's own connections too": {
    fault: [
      changedRule(RULE.http, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
      changedRule(RULE.guard, `--connlimit-above ${MOST_CALLS}`, '--connlimit-above 0'),
    ],
    why: 'Envoy calls itself for whatever is on port 80; the guard refuses it at once, so that no connections are left over',
  },
  "the rule for TLS captures Envoy's own connections too": {
    fault: [
      changedRule(RULE.tls, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
      addedRule(
        'filter',
        `-A OUTPUT -p tcp --dport ${PORTS.tlsListener} -m owner --uid-owner ${ENVOY_UID} -j REJECT --reject-with tcp-reset`,
      ),
    ],
    why: 'Envoy calls itself, which a further guard refuses',
  },
  'a further rule captures port 5000': {
    fault: addedRule(
      'nat',
      `-A OUTPUT -p tcp --dport ${PORTS.upstream} -m owner ! --uid-owner ${ENVOY_UID} -j REDIRECT --to-ports ${PORTS.listener}`,
    ),
    why: 'nobody asked for that one',
  },
  'IPv6 is captured, too': {
    fault: addedRule(
      'nat',
      `-A OUTPUT -p tcp --dport ${PORTS.http} -m owner ! --uid-owner ${ENVOY_UID} -j REDIRECT --to-ports ${PORTS.listener}`,
      { family: 'ipv6' },
    ),
    why: 'Envoy listens on IPv4 alone',
  },
  'the guard lets fewer through': {
    fault: changedRule(RULE.guard, `--connlimit-above ${MOST_CALLS}`, `--connlimit-above ${MOST_CALLS / 2}`),
    why: 'Envoy calls itself less often',
  },
  'HTTP goes to the address that was dialled': {
    fault: [
      config({ at: route('/'), set: { 'route.cluster': 'original_destination' } }),
      config({
        at: listener('ingress'),
        add: {
          listener_filters: [
            {
              name: 'envoy.filters.listener.original_dst',
              typed_config: {
                '@type': 'type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst',
              },
            },
          ],
        },
      }),
    ],
    why: 'the Host header picks nothing, and no name is asked for',
  },
  'no original_dst listener filter for TLS': {
    fault: config({ at: listener('ingress_tls'), delete: ['listener_filters'] }),
    why: 'nobody asks the kernel what was dialled, and Envoy has nowhere to connect to',
  },
  'whatever was dialled, TLS goes to blue': {
    fault: config({
      at: cluster('original_destination'),
      set: {
        type: 'STATIC',
        lb_policy: 'ROUND_ROBIN',
      },
      add: {
        load_assignment: {
          cluster_name: 'original_destination',
          endpoints: [
            {
              lb_endpoints: [
                { endpoint: { address: { socket_address: { address: '198.51.100.10', port_value: 443 } } } },
              ],
            },
          ],
        },
      },
      delete: ['cleanup_interval'],
    }),
    why: 'a static cluster knows one address',
  },
  'blue and green answer as each other': {
    fault: [upstream('blue', { name: 'green' }), upstream('green', { name: 'blue' })],
    why: 'each names itself',
  },
  'Envoy keeps the server header of the upstream': {
    fault: config({ at: connectionManager(), add: { server_header_transformation: 'PASS_THROUGH' } }),
    why: 'Envoy names itself by default only',
  },
  'Envoy writes 503 in words of its own': {
    fault: config({
      at: connectionManager(),
      add: {
        local_reply_config: {
          body_format: { text_format_source: { inline_string: 'sorry' }, content_type: 'text/html' },
        },
      },
    }),
    why: 'the body is not the default',
  },
  'DNS knows a host that it should not': {
    fault: resolves('nowhere', 'green'),
    why: 'Envoy finds it, and is refused there',
  },
  'Envoy waits longer for DNS': {
    fault: config({
      at: filter('envoy.filters.http.dynamic_forward_proxy'),
      set: { 'typed_config.dns_cache_config.dns_query_timeout': '20s' },
    }),
    why: 'it is the downstream that gives up',
  },
  'Envoy takes HTTP/1.0': {
    fault: config({ at: connectionManager(), add: { http_protocol_options: { accept_http_10: true } } }),
    why: 'it does not by default only',
  },
  'the host rewrites the source of what Envoy sends': {
    fault: [PORTS.http, PORTS.https].map((port) => masquerades(port)),
    why: 'a further rule counts, and the upstream sees a port that is not Envoy’s',
  },
  'a firewall swallows what refuses a connection': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP'),
    why: 'silence is not a refusal',
  },
  'Envoy is known to write another body': anotherBody,
};

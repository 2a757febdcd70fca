import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { connectionManager, filter, listener, route } from '../../helpers/envoy/select.ts';
import { addedRule, changedRule, config, type Faults, resolves, withoutRule } from '../../helpers/scenario/faults.ts';
import * as shared from '../shared/faults.ts';
import { staticCluster } from '../shared/original-dst/faults.ts';
import { MOST_CALLS, RULE } from './scenario.ts';

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
    fault: [changedRule(RULE.tls, `-m owner ! --uid-owner ${ENVOY_UID} `, ''), shared.guards(PORTS.tlsListener)],
    why: 'Envoy calls itself, which a further guard refuses',
  },
  'a further rule captures port 5000': {
    fault: shared.captures(PORTS.upstream),
    why: 'nobody asked for that one',
  },
  'IPv6 is captured, too': {
    fault: shared.captures(PORTS.http, { family: 'ipv6' }),
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
        add: { listener_filters: [shared.listenerFilter('original_dst', 'OriginalDst')] },
      }),
    ],
    why: 'the Host header picks nothing, and no name is asked for',
  },
  'no original_dst listener filter for TLS': {
    fault: config({ at: listener('ingress_tls'), delete: ['listener_filters'] }),
    why: 'nobody asks the kernel what was dialled, and Envoy has nowhere to connect to',
  },
  'whatever was dialled, TLS goes to blue': {
    fault: config(staticCluster(PORTS.https)),
    why: 'a static cluster knows one address',
  },
  'blue and green answer as each other': shared.swapsBlueAndGreen,
  'Envoy keeps the server header of the upstream': shared.ownServerHeader,
  'Envoy writes 503 in words of its own': {
    fault: shared.writesItsOwnBody,
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
    fault: [shared.masquerades(PORTS.http), shared.masquerades(PORTS.https)],
    why: 'a further rule counts, and the upstream sees a port that is not Envoy’s',
  },
  'a firewall swallows what refuses a connection': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP'),
    why: 'silence is not a refusal',
  },
  'Envoy is known to write another body': shared.anotherBody,
};

import { ENVOY_UID } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, listener } from '../../helpers/envoy/select.ts';
import { addedRule, changedRule, config, type Faults, upstream, withoutRule } from '../../helpers/scenario/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'no rule captures IPv6': {
    fault: withoutRule(RULE.capture, 'ipv6'),
    why: 'over IPv6 the downstream meets the upstreams themselves',
  },
  'no rule captures IPv4': {
    fault: withoutRule(RULE.capture, 'ipv4'),
    why: 'over IPv4 the downstream meets the upstreams themselves',
  },
  "the rule of IPv6 captures Envoy's own connections too": {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, '', 'ipv6'),
    why: 'Envoy calls itself, until the guard refuses it',
  },
  'the rule captures the next port of IPv6 too': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81', 'ipv6'),
    why: 'Envoy answers for a port on which nobody listens',
  },
  'no guard for IPv6': {
    fault: withoutRule(RULE.guard, 'ipv6'),
    why: 'Envoy calls itself until a limit of its own',
  },
  'the listener is of IPv6 alone': {
    fault: config({ at: listener('ingress'), set: { 'address.socket_address.ipv4_compat': false } }),
    why: 'what is captured over IPv4 is refused',
  },
  'no original_dst listener filter': {
    fault: config({ at: listener('ingress'), delete: ['listener_filters'] }),
    why: 'nobody asks the kernel what was dialled',
  },
  "a static cluster of blue's IPv4 address": {
    fault: config({
      at: cluster('original_destination'),
      set: { type: 'STATIC', lb_policy: 'ROUND_ROBIN' },
      add: {
        load_assignment: {
          cluster_name: 'original_destination',
          endpoints: [
            {
              lb_endpoints: [
                { endpoint: { address: { socket_address: { address: '198.51.100.10', port_value: 80 } } } },
              ],
            },
          ],
        },
      },
      delete: ['cleanup_interval'],
    }),
    why: 'whatever was dialled, and in whatever family, blue is called over IPv4',
  },
  'Envoy closes a connection after each answer': {
    fault: config({
      at: connectionManager(),
      add: { common_http_protocol_options: { max_requests_per_connection: 1 } },
    }),
    why: 'each request needs a connection of its own, which counts in the rule',
  },
  'blue answers as green': {
    fault: upstream('blue', { name: 'green' }),
    why: 'each names itself',
  },
  'the host rewrites the source of what it sends over IPv6': {
    fault: addedRule('nat', '-A POSTROUTING -p tcp --dport 80 -j MASQUERADE --to-ports 20000-29999', {
      family: 'ipv6',
    }),
    why: 'a second rule counts, and what leaves for the upstream is a translated connection of another port',
  },
  'a firewall swallows what refuses a connection': {
    fault: (['ipv4', 'ipv6'] as const).map((family) =>
      addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP', { family }),
    ),
    why: 'silence is not a refusal',
  },
  'Envoy is known to write another body': {
    misdated: CHANGES.hiddenFailureReason,
    why: 'its versions differ in whether the body tells the reason',
  },
};

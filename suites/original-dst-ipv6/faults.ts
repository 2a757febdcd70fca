import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { addedRule, changedRule, config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import { anotherBody, masquerades } from '../shared/faults.ts';
import * as redirect from '../shared/original-dst/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';

export const faults: Faults = {
  'IPv6 REDIRECT rule removed': {
    fault: withoutRule(RULE.capture, 'ipv6'),
    why: 'over IPv6 the downstream meets the upstreams themselves',
  },
  'IPv4 REDIRECT rule removed': {
    fault: withoutRule(RULE.capture, 'ipv4'),
    why: 'over IPv4 the downstream meets the upstreams themselves',
  },
  'IPv6 REDIRECT rule without the --uid-owner exemption': {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, '', 'ipv6'),
    why: 'Envoy calls itself, until the guard refuses it',
  },
  'IPv6 REDIRECT rule also captures port 81': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81', 'ipv6'),
    why: 'Envoy answers for a port on which nobody listens',
  },
  'IPv6 guard rule removed': {
    fault: withoutRule(RULE.guard, 'ipv6'),
    why: 'Envoy calls itself until a limit of its own',
  },
  'ipv4_compat disabled on the listener': {
    fault: config(redirect.NO_IPV4_COMPAT),
    why: 'what is captured over IPv4 is refused',
  },
  'original_dst listener filter removed': redirect.noOriginalDst,
  'cluster type STATIC with the IPv4 address of blue': {
    fault: config(redirect.staticCluster()),
    why: 'whatever was dialled, and in whatever family, blue is called over IPv4',
  },
  'max_requests_per_connection 1 on the connection manager': redirect.closesEachConnection,
  'upstream blue identifies itself as green': redirect.blueIsGreen,
  "IPv6 MASQUERADE rule added for Envoy's upstream connections": {
    fault: masquerades(PORTS.http, 'ipv6'),
    why: 'a second rule counts, and what leaves for the upstream is a translated connection of another port',
  },
  'firewall drops the RST that refuses a captured connection': {
    fault: (['ipv4', 'ipv6'] as const).map((family) =>
      addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP', { family }),
    ),
    why: 'silence is not a refusal',
  },
  'known change of the 503 body dated to another version': anotherBody,
};

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { addedRule, changedRule, config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import { anotherBody, masquerades } from '../shared/faults.ts';
import * as redirect from '../shared/original-dst/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';

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
    fault: config(redirect.NO_IPV4_COMPAT),
    why: 'what is captured over IPv4 is refused',
  },
  'no original_dst listener filter': redirect.noOriginalDst,
  "a static cluster of blue's IPv4 address": {
    fault: config(redirect.staticCluster()),
    why: 'whatever was dialled, and in whatever family, blue is called over IPv4',
  },
  'Envoy closes a connection after each answer': redirect.closesEachConnection,
  'blue answers as green': redirect.blueIsGreen,
  'the host rewrites the source of what it sends over IPv6': {
    fault: masquerades(PORTS.http, 'ipv6'),
    why: 'a second rule counts, and what leaves for the upstream is a translated connection of another port',
  },
  'a firewall swallows what refuses a connection': {
    fault: (['ipv4', 'ipv6'] as const).map((family) =>
      addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP', { family }),
    ),
    why: 'silence is not a refusal',
  },
  'Envoy is known to write another body': anotherBody,
};

import { PORTS } from '../../helpers/constants/ports.ts';
import {
  changedRouting,
  changedRule,
  config,
  type Faults,
  withoutRouting,
  withoutRule,
} from '../../helpers/scenario/faults.ts';
import { masquerades } from '../shared/faults.ts';
import { NO_IPV4_COMPAT } from '../shared/original-dst/faults.ts';
import * as tproxy from '../shared/tproxy/faults.ts';
import { LOCAL_TABLE, MARK_LOOKUP6, RULE } from '../shared/tproxy/rules.ts';

export const faults: Faults = {
  'no rule captures IPv6': {
    fault: withoutRule(RULE.capture, 'ipv6'),
    why: 'over IPv6 the downstream meets the upstream itself',
  },
  'no rule captures IPv4': {
    fault: withoutRule(RULE.capture, 'ipv4'),
    why: 'over IPv4 the downstream meets the upstream itself',
  },
  'the rule captures the next port of IPv6 too': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81', 'ipv6'),
    why: 'Envoy answers for a port on which nobody listens',
  },
  'no look-up by mark for IPv6': {
    fault: withoutRouting(MARK_LOOKUP6),
    why: 'what is captured over IPv6 is not delivered to Envoy',
  },
  'no local table for IPv4': {
    fault: withoutRouting(LOCAL_TABLE),
    why: 'what is captured over IPv4 is not delivered to Envoy',
  },
  'the look-up of IPv6 asks for no mark': {
    fault: changedRouting(MARK_LOOKUP6, '-6 rule add lookup 100'),
    why: "the router takes every address of IPv6 for its own, the downstream's too",
  },
  'no DIVERT for IPv6': {
    fault: withoutRule(RULE.divert, 'ipv6'),
    why: 'TPROXY finds the open socket, but counts its packets',
  },
  'REDIRECT instead of TPROXY': tproxy.redirectInstead(RULE.capture, ['ipv4', 'ipv6']),
  'the host rewrites the source of what Envoy sends over IPv6': {
    fault: masquerades(PORTS.http, 'ipv6'),
    why: "the upstream sees a port that is not Envoy's, and the router where it should see the downstream",
  },
  'the listener is not transparent': tproxy.notTransparent,
  'the listener is of IPv6 alone': {
    fault: config(NO_IPV4_COMPAT),
    why: 'nobody takes what is captured over IPv4',
  },
  'no original_dst listener filter': tproxy.noOriginalDst,
  "Envoy calls from the downstream's address": tproxy.callsFromTheDownstreamsAddress,
  'Envoy calls the upstream on the port of its own listener': tproxy.callsItsOwnPort,
  'another upstream answers': tproxy.anotherAnswers,
};

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
  'IPv6 TPROXY rule removed': {
    fault: withoutRule(RULE.capture, 'ipv6'),
    why: 'over IPv6 the downstream meets the upstream itself',
  },
  'IPv4 TPROXY rule removed': {
    fault: withoutRule(RULE.capture, 'ipv4'),
    why: 'over IPv4 the downstream meets the upstream itself',
  },
  'IPv6 TPROXY rule also captures port 81': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81', 'ipv6'),
    why: 'Envoy answers for a port on which nobody listens',
  },
  'IPv6 fwmark lookup rule removed': {
    fault: withoutRouting(MARK_LOOKUP6),
    why: 'what is captured over IPv6 is not delivered to Envoy',
  },
  'IPv4 local route of table 100 removed': {
    fault: withoutRouting(LOCAL_TABLE),
    why: 'what is captured over IPv4 is not delivered to Envoy',
  },
  'IPv6 lookup rule matches without a fwmark': {
    fault: changedRouting(MARK_LOOKUP6, '-6 rule add lookup 100'),
    why: "the router takes every address of IPv6 for its own, the downstream's too",
  },
  'IPv6 DIVERT rule removed': {
    fault: withoutRule(RULE.divert, 'ipv6'),
    why: 'TPROXY finds the open socket, but counts its packets',
  },
  'REDIRECT rule instead of the TPROXY rule': tproxy.redirectInstead(RULE.capture, ['ipv4', 'ipv6']),
  "IPv6 MASQUERADE rule added for Envoy's upstream connections": {
    fault: masquerades(PORTS.http, 'ipv6'),
    why: "the upstream sees a port that is not Envoy's, and the router where it should see the downstream",
  },
  'listener with transparent: false': tproxy.notTransparent,
  'ipv4_compat disabled on the listener': {
    fault: config(NO_IPV4_COMPAT),
    why: 'nobody takes what is captured over IPv4',
  },
  'original_dst listener filter replaced by http_inspector': tproxy.noOriginalDst,
  'original_src listener filter added': tproxy.callsFromTheDownstreamsAddress,
  'upstream_port_override 4999 on the cluster': tproxy.callsItsOwnPort,
  'upstream identifies itself with another name': tproxy.anotherAnswers,
};

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
    why: 'the router forwards IPv6 requests to the upstream without Envoy',
  },
  'IPv4 TPROXY rule removed': {
    fault: withoutRule(RULE.capture, 'ipv4'),
    why: 'the router forwards IPv4 requests to the upstream without Envoy',
  },
  'IPv6 TPROXY rule also matches port 81': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81', 'ipv6'),
    why: 'Envoy accepts connections to a port on which the upstream does not listen',
  },
  'IPv6 fwmark lookup rule removed': {
    fault: withoutRouting(MARK_LOOKUP6),
    why: 'captured IPv6 packets are not delivered to Envoy',
  },
  'IPv4 local route of table 100 removed': {
    fault: withoutRouting(LOCAL_TABLE),
    why: 'captured IPv4 packets are not delivered to Envoy',
  },
  'IPv6 lookup rule matches without a fwmark': {
    fault: changedRouting(MARK_LOOKUP6, '-6 rule add lookup 100'),
    why: "the router treats every IPv6 address as local, including the downstream's",
  },
  'IPv6 DIVERT rule removed': {
    fault: withoutRule(RULE.divert, 'ipv6'),
    why: 'the TPROXY rule finds the open socket, and counts its later packets too',
  },
  'REDIRECT rule instead of the TPROXY rule': tproxy.redirectInstead(RULE.capture, ['ipv4', 'ipv6']),
  'IPv6 MASQUERADE rule for port 80 added': {
    fault: masquerades(PORTS.http, 'ipv6'),
    why: "the upstream sees another source port than Envoy's, and the router instead of the downstream",
  },
  'listener with transparent: false': tproxy.notTransparent,
  'ipv4_compat disabled on the listener': {
    fault: config(NO_IPV4_COMPAT),
    why: 'no socket accepts captured IPv4 connections',
  },
  'original_dst listener filter replaced by http_inspector': tproxy.noOriginalDst,
  'original_src listener filter added': tproxy.withOriginalSrc,
  'upstream_port_override 4999 on the cluster': tproxy.upstreamPortOverride,
  'upstream responds under another name': tproxy.renamedUpstream,
};

import {
  AT,
  addedRule,
  changedRouting,
  changedRule,
  config,
  type Faults,
  withoutRouting,
  withoutRule,
} from '../../helpers/scenario/faults.ts';
import { LOCAL_TABLE, MARK_LOOKUP6, RULE } from '../shared/tproxy/rules.ts';
import {
  anotherAnswers,
  callsFromTheDownstreamsAddress,
  callsItsOwnPort,
  noOriginalDst,
  notTransparent,
  redirectInstead,
} from '../shared/tproxy-faults.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'no rule captures IPv6': {
    fault: withoutRule(RULE.capture, 'ipv6'),
    why: 'over IPv6 the downstream meets the upstream itself',
    kills: {
      allBut: [
        'the same listener takes IPv4, captured by a rule of iptables',
        'a connection to another port is forwarded, past Envoy and past every rule',
        'without the rule for IPv6 it is forwarded, while IPv4 is captured as before',
      ],
    },
  },
  'no rule captures IPv4': {
    fault: withoutRule(RULE.capture, 'ipv4'),
    why: 'over IPv4 the downstream meets the upstream itself',
    kills: [
      'the same listener takes IPv4, captured by a rule of iptables',
      "Envoy knows both ends of the downstream's connection as the downstream does",
      'without the rule for IPv6 it is forwarded, while IPv4 is captured as before',
      'without the look-up by mark for IPv6 it times out, while IPv4 is answered',
      'without the local table for IPv6 it times out, while IPv4 is answered',
      'without the local table for IPv4 that times out, while IPv6 is answered',
      'without ipv4_compat the listener is of IPv6 alone: captured IPv4 times out',
    ],
  },
  'the rule captures the next port of IPv6 too': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81', 'ipv6'),
    why: 'Envoy answers for a port on which nobody listens',
    kills: ['a connection to another port is forwarded, past Envoy and past every rule'],
  },
  'no look-up by mark for IPv6': {
    fault: withoutRouting(MARK_LOOKUP6),
    why: 'what is captured over IPv6 is not delivered to Envoy',
    kills: [
      'a request over IPv6 is answered through Envoy, captured by a rule of ip6tables',
      "Envoy knows both ends of the downstream's connection as the downstream does",
      'conntrack sees no address rewritten',
      "Envoy's port never appears on a wire",
      'the TPROXY rule counts one packet a connection, DIVERT the others',
      "the upstream sees the router's IPv6 address, for Envoy calls from there",
      'without the local table for IPv4 that times out, while IPv6 is answered',
      'without ipv4_compat the listener is of IPv6 alone: captured IPv4 times out',
      "with the original_src filter the upstream sees the downstream's own IPv6 address",
    ],
  },
  'no local table for IPv4': {
    fault: withoutRouting(LOCAL_TABLE),
    why: 'what is captured over IPv4 is not delivered to Envoy',
    kills: [
      'the same listener takes IPv4, captured by a rule of iptables',
      "Envoy knows both ends of the downstream's connection as the downstream does",
      'without the rule for IPv6 it is forwarded, while IPv4 is captured as before',
      'without the look-up by mark for IPv6 it times out, while IPv4 is answered',
      'without the local table for IPv6 it times out, while IPv4 is answered',
    ],
  },
  'the look-up of IPv6 asks for no mark': {
    fault: changedRouting(MARK_LOOKUP6, '-6 rule add lookup 100'),
    why: "the router takes every address of IPv6 for its own, the downstream's too",
    kills: {
      allBut: [
        'the same listener takes IPv4, captured by a rule of iptables',
        'without the look-up by mark for IPv6 it times out, while IPv4 is answered',
        'without the local table for IPv6 it times out, while IPv4 is answered',
        'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
      ],
    },
  },
  'no DIVERT for IPv6': {
    fault: withoutRule(RULE.divert, 'ipv6'),
    why: 'TPROXY finds the open socket, but counts its packets',
    kills: [
      'a request over IPv6 is answered through Envoy, captured by a rule of ip6tables',
      'the TPROXY rule counts one packet a connection, DIVERT the others',
      "with the original_src filter the upstream sees the downstream's own IPv6 address",
    ],
  },
  'REDIRECT instead of TPROXY': {
    ...redirectInstead(RULE.capture, ['ipv4', 'ipv6']),
    kills: [
      'a request over IPv6 is answered through Envoy, captured by a rule of ip6tables',
      'the same listener takes IPv4, captured by a rule of iptables',
      'conntrack sees no address rewritten',
      'the TPROXY rule counts one packet a connection, DIVERT the others',
      'without the rule for IPv6 it is forwarded, while IPv4 is captured as before',
      'without the look-up by mark for IPv6 it times out, while IPv4 is answered',
      'without the local table for IPv6 it times out, while IPv4 is answered',
      'without the local table for IPv4 that times out, while IPv6 is answered',
      'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
      'without ipv4_compat the listener is of IPv6 alone: captured IPv4 times out',
    ],
  },
  'the host rewrites the source of what Envoy sends over IPv6': {
    fault: addedRule('nat', '-A POSTROUTING -p tcp --dport 80 -j MASQUERADE --to-ports 20000-29999', {
      family: 'ipv6',
    }),
    why: "the upstream sees a port that is not Envoy's, and the router where it should see the downstream",
    kills: [
      'conntrack sees no address rewritten',
      "the upstream sees the router's IPv6 address, for Envoy calls from there",
      'without the rule for IPv6 it is forwarded, while IPv4 is captured as before',
      "with the original_src filter the upstream sees the downstream's own IPv6 address",
    ],
  },
  'the listener is not transparent': {
    ...notTransparent,
    kills: {
      allBut: [
        'a connection to another port is forwarded, past Envoy and past every rule',
        'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
      ],
    },
  },
  'the listener is of IPv6 alone': {
    fault: config({ set: { [`${AT.listener}.address.socket_address.ipv4_compat`]: false } }),
    why: 'nobody takes what is captured over IPv4',
    kills: [
      'the same listener takes IPv4, captured by a rule of iptables',
      "Envoy knows both ends of the downstream's connection as the downstream does",
      'without the rule for IPv6 it is forwarded, while IPv4 is captured as before',
      'without the look-up by mark for IPv6 it times out, while IPv4 is answered',
      'without the local table for IPv6 it times out, while IPv4 is answered',
    ],
  },
  'no original_dst listener filter': {
    ...noOriginalDst,
    kills: [
      'without the rule for IPv6 it is forwarded, while IPv4 is captured as before',
      'a request over IPv6 is answered through Envoy, captured by a rule of ip6tables',
      'the same listener takes IPv4, captured by a rule of iptables',
      "Envoy knows both ends of the downstream's connection as the downstream does",
      'conntrack sees no address rewritten',
      "the upstream sees the router's IPv6 address, for Envoy calls from there",
      'without the look-up by mark for IPv6 it times out, while IPv4 is answered',
      'without the local table for IPv6 it times out, while IPv4 is answered',
      'without the local table for IPv4 that times out, while IPv6 is answered',
      'without ipv4_compat the listener is of IPv6 alone: captured IPv4 times out',
      "with the original_src filter the upstream sees the downstream's own IPv6 address",
    ],
  },
  "Envoy calls from the downstream's address": {
    ...callsFromTheDownstreamsAddress,
    kills: ["the upstream sees the router's IPv6 address, for Envoy calls from there"],
  },
  'Envoy calls the upstream on the port of its own listener': {
    ...callsItsOwnPort,
    kills: {
      allBut: [
        'the TPROXY rule counts one packet a connection, DIVERT the others',
        'a connection to another port is forwarded, past Envoy and past every rule',
        'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
      ],
    },
  },
  'another upstream answers': {
    ...anotherAnswers,
    kills: [
      'a request over IPv6 is answered through Envoy, captured by a rule of ip6tables',
      'without the rule for IPv6 it is forwarded, while IPv4 is captured as before',
    ],
  },
};

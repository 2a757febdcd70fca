import { PORTS } from '../../helpers/constants/ports.ts';
import { AT, addedRule, changedRule, config, upstream, withoutRule } from '../../helpers/scenario/faults.ts';
import { router, scenario } from '../../helpers/scenario/scenario.ts';
import {
  anotherAnswers,
  callsFromTheDownstreamsAddress,
  callsItsOwnPort,
  keepsNoConnection,
  noOriginalDst,
  notTransparent,
  redirectInstead,
} from '../shared/tproxy-faults.ts';

/** The comments of the rules, by which claims name them. */
export const RULE = {
  divert: 'packets of a socket that Envoy has open',
  mark: 'mark what is diverted',
  accept: 'and look at no further rule',
  capture: 'give new HTTP connections to Envoy',
  witness: 'count the connections that Envoy opens',
} as const;

/** Marked packets are looked up in a table of their own, in which every address is local. */
export const MARK_LOOKUP = 'rule add fwmark 0x1 lookup 100';
export const LOCAL_TABLE = 'route add local 0.0.0.0/0 dev lo table 100';

/** What the TPROXY chapters have in common. The witness changes nothing; asking for a state turns conntrack on. */
export const tproxy = {
  topology: router({ upstreams: { upstream: { port: PORTS.http } } }),
  netfilter: `
    *mangle
    :DIVERT - [0:0]
    -A PREROUTING -p tcp -m socket --transparent -m comment --comment "${RULE.divert}" -j DIVERT
    -A DIVERT -m comment --comment "${RULE.mark}" -j MARK --set-mark 0x1
    -A DIVERT -m comment --comment "${RULE.accept}" -j ACCEPT
    -A PREROUTING -p tcp --dport 80 -m comment --comment "${RULE.capture}" -j TPROXY --on-port ${PORTS.listener} --tproxy-mark 0x1/0x1
    COMMIT
    *filter
    -A OUTPUT -p tcp --dport 80 -m conntrack --ctstate NEW -m comment --comment "${RULE.witness}"
    COMMIT`,
  routing: [MARK_LOOKUP, LOCAL_TABLE],
  needs: ['tproxy' as const, 'conntrack' as const],
};

// IP_TRANSPARENT asks for NET_ADMIN or NET_RAW, ip(7); a user other than root would keep neither.
export const transparent = { uid: 0, capabilities: ['NET_ADMIN'] };

/** Claims that fail wherever Envoy captures a request and does not reach the upstream that was dialled. */
const NEED_AN_ANSWER = [
  'a request is answered through Envoy',
  "Envoy knows both ends of the downstream's connection as the downstream does",
  'the time of the request is added as a date, a zone and seconds since 1970',
  'a header whose value is empty when headers are added is left out',
  'conntrack sees no address rewritten',
  'the upstream sees the router, for Envoy calls from there',
  '20 MiB go up byte for byte',
  '20 MiB come down byte for byte',
  '50 connections at once are each answered, and each is captured once',
  'without DIVERT it works all the same: TPROXY finds the open socket too',
  "the witness counts Envoy's own connection and not the downstream's",
  'NET_RAW alone is enough to be transparent',
];

export const tproxyOutgoing = scenario({
  ...tproxy,
  slug: 'tproxy-outgoing',
  title: 'TPROXY intercepts without NAT',
  requirement:
    'Envoy answers in the name of the address that was dialled and calls that address itself, and no address of any packet is rewritten.',
  purpose:
    'Puts Envoy on a router, unseen by both sides: what passes by is given to it as it is, with no address rewritten.',
  origin: {
    chapter: 'tproxy-outgoing',
    changed:
      "Hosts of a lab stand for the machines of the original. Envoy runs without any capability but NET_ADMIN. New are the control arms, each of which leaves one part of the set-up away and says what happens then, and a rule that only counts Envoy's own connections.",
  },
  envoy: { config: 'tproxy-outgoing.yaml', ...transparent },
  sabotages: {
    'no rule captures': {
      fault: withoutRule(RULE.capture),
      why: 'the downstream meets the upstream itself',
      kills: {
        allBut: [
          'a connection to another port is forwarded, past Envoy and past every rule',
          'without the rules the downstream meets the upstream itself, by its own address',
          'with neither NET_ADMIN nor NET_RAW Envoy ends, and says that it may not be transparent',
        ],
      },
    },
    'the rule captures the next port too': {
      fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81'),
      why: 'Envoy answers for a port on which nobody listens',
      kills: ['a connection to another port is forwarded, past Envoy and past every rule'],
    },
    'the rule sets another mark': {
      fault: changedRule(RULE.capture, '--tproxy-mark 0x1/0x1', '--tproxy-mark 0x2/0x2'),
      why: 'by it nothing is looked up in the local table: what a socket has taken is not forwarded, and is lost',
      kills: {
        allBut: [
          'a connection to another port is forwarded, past Envoy and past every rule',
          'without the look-up by mark the connection times out, and Envoy sees none',
          'without the local table the connection times out, and Envoy sees none',
          'without the rules the downstream meets the upstream itself, by its own address',
          'a listener that is not transparent gets nothing: the connection times out',
          'with neither NET_ADMIN nor NET_RAW Envoy ends, and says that it may not be transparent',
          'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
        ],
      },
    },
    'no DIVERT': {
      fault: withoutRule(RULE.divert),
      why: 'TPROXY finds the open socket, but counts its packets',
      kills: [
        'the TPROXY rule counts one packet a connection, DIVERT the others',
        '50 connections at once are each answered, and each is captured once',
        'NET_RAW alone is enough to be transparent',
      ],
    },
    'REDIRECT instead of TPROXY': {
      ...redirectInstead(RULE.capture),
      kills: [
        'conntrack sees no address rewritten',
        'the TPROXY rule counts one packet a connection, DIVERT the others',
        '50 connections at once are each answered, and each is captured once',
        'without the look-up by mark the connection times out, and Envoy sees none',
        'without the local table the connection times out, and Envoy sees none',
        'without DIVERT it works all the same: TPROXY finds the open socket too',
        'a listener that is not transparent gets nothing: the connection times out',
        'NET_RAW alone is enough to be transparent',
        'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
      ],
    },
    'the host rewrites the source of what Envoy sends': {
      fault: addedRule('nat', '-A POSTROUTING -p tcp --dport 80 -j MASQUERADE --to-ports 20000-29999'),
      why: "the upstream sees a port that is not Envoy's",
      kills: ['conntrack sees no address rewritten', 'the upstream sees the router, for Envoy calls from there'],
    },
    'the listener is not transparent': {
      ...notTransparent,
      kills: {
        allBut: [
          'a connection to another port is forwarded, past Envoy and past every rule',
          'without the look-up by mark the connection times out, and Envoy sees none',
          'without the local table the connection times out, and Envoy sees none',
          'without the rules the downstream meets the upstream itself, by its own address',
          'a listener that is not transparent gets nothing: the connection times out',
          'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
        ],
      },
    },
    'no original_dst listener filter': {
      ...noOriginalDst,
      kills: NEED_AN_ANSWER,
    },
    "Envoy calls from the downstream's address": {
      ...callsFromTheDownstreamsAddress,
      kills: [
        'the upstream sees the router, for Envoy calls from there',
        'without DIVERT it works all the same: TPROXY finds the open socket too',
      ],
    },
    'Envoy calls the upstream on the port of its own listener': {
      ...callsItsOwnPort,
      kills: [...NEED_AN_ANSWER, "Envoy's port never appears on a wire"],
    },
    'Envoy keeps no connection to the upstream': {
      ...keepsNoConnection,
      kills: ["the witness counts Envoy's own connection and not the downstream's"],
    },
    'the time is added without its zone': {
      fault: config({
        set: {
          [`${AT.http}.route_config.virtual_hosts.0.request_headers_to_add.2.header.value`]:
            '%START_TIME(%Y/%m/%dT%H:%M:%S %s)%',
        },
      }),
      why: 'its format is a part of the claim',
      kills: ['the time of the request is added as a date, a zone and seconds since 1970'],
    },
    'empty headers are kept': {
      fault: config({
        add: { [`${AT.http}.route_config.virtual_hosts.0.request_headers_to_add.3.keep_empty_value`]: true },
      }),
      why: 'the upstream gets the header, with nothing in it',
      kills: ['a header whose value is empty when headers are added is left out'],
    },
    'another upstream answers': {
      ...anotherAnswers,
      kills: [
        'a request is answered through Envoy',
        'without the rules the downstream meets the upstream itself, by its own address',
      ],
    },
    'the upstream changes a byte': {
      fault: upstream('upstream', { changesByte: true }),
      why: 'a payload has another digest, both ways',
      kills: ['20 MiB go up byte for byte', '20 MiB come down byte for byte'],
    },
  },
  unnoticed: {
    [`${AT.http}.route_config.virtual_hosts.0.request_headers_to_add.3.header.key is "x-request-upstream-remotex"`]:
      'its value is empty, and a header that is left out is left out under any name',
  },
});

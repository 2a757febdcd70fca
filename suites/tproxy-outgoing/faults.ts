import {
  AT,
  addedRule,
  changedRule,
  config,
  type Faults,
  upstream,
  withoutRule,
} from '../../helpers/scenario/faults.ts';
import { RULE } from '../shared/tproxy/rules.ts';
import {
  anotherAnswers,
  callsFromTheDownstreamsAddress,
  callsItsOwnPort,
  keepsNoConnection,
  noOriginalDst,
  notTransparent,
  redirectInstead,
} from '../shared/tproxy-faults.ts';

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

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
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
};

/** Mutations that no claim can detect, each with the reason. */
export const accepted: Record<string, string> = {
  [`${AT.http}.route_config.virtual_hosts.0.request_headers_to_add.3.header.key is "x-request-upstream-remotex"`]:
    'its value is empty, and a header that is left out is left out under any name',
};

import { PORTS } from '../../helpers/constants/ports.ts';
import { AT, addedRule, changedRule, config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import { transparent } from '../shared/tproxy/rules.ts';
import { anotherAnswers, noOriginalDst, notTransparent, upstreamHttp } from '../shared/tproxy-faults.ts';
import { RULE } from './scenario.ts';

/** What a lab can bear of Envoy's calls to itself, and no part of a fault: a few, whose connections do not stay open. */
const bounded = config({
  add: {
    [`${AT.cluster}.circuit_breakers`]: { thresholds: [{ max_requests: 4 }] },
    ...upstreamHttp({ idle_timeout: '0.05s' }),
  },
});

/** Claims that fail wherever a request is not captured, or not answered through Envoy. */
const NEED_ENVOY = [
  'a request is answered through Envoy',
  "Envoy knows both ends of the downstream's connection as the downstream does",
  'both connections have the address of the link, and ports of their own',
  'conntrack sees no address rewritten',
  "the downstream's packets stay on lo, Envoy's own leave by the link, and none has Envoy's port",
  'without DIVERT it works all the same: TPROXY finds the open socket too',
  'while the upstream is down, Envoy answers 503 UF',
];

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'no rule chooses': {
    fault: withoutRule(RULE.choose),
    why: 'nothing is marked: the downstream meets the upstream itself',
    kills: {
      allBut: [
        'a process that runs as the user of Envoy goes straight to the upstream',
        'a connection to another port is left alone',
        'who dials the listener itself makes Envoy call itself, which the guard stops: 503 UF',
        'without the rules the downstream meets the upstream itself',
      ],
    },
  },
  "the rule chooses Envoy's own connections too": {
    fault: [changedRule(RULE.choose, `-m owner ! --uid-owner ${transparent.uid} `, ''), bounded],
    why: 'Envoy calls itself, until the limit that is put in with it',
    kills: [
      ...NEED_ENVOY,
      'one packet a connection is chosen and given to Envoy, DIVERT takes the others',
      'a process that runs as the user of Envoy goes straight to the upstream',
    ],
  },
  'the rules take the next port too': {
    fault: [RULE.choose, RULE.loop, RULE.capture].map((rule) => changedRule(rule, '--dport 80', '--dport 80:81')),
    why: 'Envoy answers for a port on which nobody listens',
    kills: ['a connection to another port is left alone'],
  },
  'the rule sets another mark': {
    fault: changedRule(RULE.loop, '-j MARK --set-mark 0x1', '-j MARK --set-mark 0x2'),
    why: 'it is not looked up in the local table: nothing is looped',
    kills: [
      ...NEED_ENVOY,
      'one packet a connection is chosen and given to Envoy, DIVERT takes the others',
      'without the TPROXY rule nobody answers what is looped: the connection times out',
      'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
    ],
  },
  'no TPROXY': {
    fault: withoutRule(RULE.capture),
    why: 'what is looped has an address that is not of this host, and nobody takes it',
    kills: [
      ...NEED_ENVOY,
      'one packet a connection is chosen and given to Envoy, DIVERT takes the others',
      'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
    ],
  },
  'no DIVERT': {
    fault: withoutRule(RULE.divert),
    why: 'TPROXY finds the open socket, but counts its packets',
    kills: [
      'a request is answered through Envoy',
      'one packet a connection is chosen and given to Envoy, DIVERT takes the others',
    ],
  },
  'REDIRECT instead of TPROXY': {
    fault: [
      withoutRule(RULE.loop),
      addedRule(
        'nat',
        `-A OUTPUT -p tcp --dport 80 -m owner ! --uid-owner ${transparent.uid} -j REDIRECT --to-ports ${PORTS.listener}`,
      ),
    ],
    why: 'it needs neither mark nor routing nor a transparent listener, but it rewrites addresses',
    kills: [
      'a request is answered through Envoy',
      'conntrack sees no address rewritten',
      "the downstream's packets stay on lo, Envoy's own leave by the link, and none has Envoy's port",
      'one packet a connection is chosen and given to Envoy, DIVERT takes the others',
      'without DIVERT it works all the same: TPROXY finds the open socket too',
      'without the mark nothing is looped: it goes straight, and TPROXY sees nothing',
      'without the look-up by mark what is marked leaves all the same: it goes straight',
      'without the local table the look-up finds nothing and goes on: it goes straight',
      'without the TPROXY rule nobody answers what is looped: the connection times out',
      'while Envoy is killed and the rules stay, the connection times out: nobody refuses it',
    ],
  },
  'the host rewrites the source of what leaves it': {
    fault: addedRule('nat', '-A POSTROUTING -o to-upstream -p tcp -j MASQUERADE --to-ports 20000-29999'),
    why: 'the upstream sees a port that is neither of Envoy nor of the downstream',
    kills: [
      'both connections have the address of the link, and ports of their own',
      'conntrack sees no address rewritten',
      'a process that runs as the user of Envoy goes straight to the upstream',
      'a connection to another port is left alone',
      'without the mark nothing is looped: it goes straight, and TPROXY sees nothing',
      'without the look-up by mark what is marked leaves all the same: it goes straight',
      'without the local table the look-up finds nothing and goes on: it goes straight',
    ],
  },
  'no guard': {
    fault: [withoutRule(RULE.guard), bounded],
    why: 'Envoy calls itself, until the limit that is put in with it',
    kills: ['who dials the listener itself makes Envoy call itself, which the guard stops: 503 UF'],
  },
  'the listener is not transparent': {
    ...notTransparent,
    kills: [...NEED_ENVOY, 'one packet a connection is chosen and given to Envoy, DIVERT takes the others'],
  },
  'no original_dst listener filter': {
    ...noOriginalDst,
    kills: [...NEED_ENVOY, 'who dials the listener itself makes Envoy call itself, which the guard stops: 503 UF'],
  },
  'another upstream answers': {
    ...anotherAnswers,
    kills: [
      'a request is answered through Envoy',
      'a process that runs as the user of Envoy goes straight to the upstream',
      'without the mark nothing is looped: it goes straight, and TPROXY sees nothing',
      'without the look-up by mark what is marked leaves all the same: it goes straight',
      'without the local table the look-up finds nothing and goes on: it goes straight',
      'without the rules the downstream meets the upstream itself',
    ],
  },
};

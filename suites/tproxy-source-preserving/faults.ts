import { AT, addedRule, changedRule, config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import { RULE } from '../shared/tproxy/rules.ts';
import { anotherAnswers, keepsNoConnection, noOriginalDst, redirectInstead } from '../shared/tproxy-faults.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'no rule captures': {
    fault: withoutRule(RULE.capture),
    why: 'the downstream meets the upstream itself',
    kills: { allBut: ['without the rules the upstream sees the downstream, port and all'] },
  },
  'REDIRECT instead of TPROXY': {
    ...redirectInstead(RULE.capture),
    kills: [
      "TPROXY takes one packet of the downstream's, DIVERT all others and the upstream's answers",
      'conntrack sees no address rewritten on either connection',
      'a MASQUERADE rule on the router loses the source, and conntrack shows the translation',
    ],
  },
  'no original_dst listener filter': {
    ...noOriginalDst,
    kills: {
      allBut: [
        "TPROXY takes one packet of the downstream's, DIVERT all others and the upstream's answers",
        'without the rules the upstream sees the downstream, port and all',
      ],
    },
  },
  'no original_src listener filter': {
    fault: config({ delete: [`${AT.listener}.listener_filters.1`] }),
    why: 'Envoy calls from the address of the router',
    kills: {
      allBut: [
        "TPROXY takes one packet of the downstream's, DIVERT all others and the upstream's answers",
        'conntrack sees no address rewritten on either connection',
        'without the rules the upstream sees the downstream, port and all',
      ],
    },
  },
  'no DIVERT': {
    fault: withoutRule(RULE.divert),
    why: "the upstream's answers are forwarded to the downstream, past Envoy, which never connects",
    kills: {
      allBut: [
        'without the rules the upstream sees the downstream, port and all',
        "without DIVERT the upstream's answer passes Envoy by: 503 UF after the connect timeout",
      ],
    },
  },
  'what DIVERT takes goes on to the next rule': {
    fault: withoutRule(RULE.accept),
    why: "TPROXY takes the downstream's packets once more",
    kills: ["TPROXY takes one packet of the downstream's, DIVERT all others and the upstream's answers"],
  },
  'DIVERT sets another mark': {
    fault: changedRule(RULE.mark, '--set-mark 0x1', '--set-mark 0x2'),
    why: 'by it nothing is looked up in the local table: both connections lose every packet but the first',
    kills: {
      allBut: [
        "TPROXY takes one packet of the downstream's, DIVERT all others and the upstream's answers",
        'without the rules the upstream sees the downstream, port and all',
        "without DIVERT the upstream's answer passes Envoy by: 503 UF after the connect timeout",
      ],
    },
  },
  'the host rewrites the source of what Envoy sends': {
    fault: addedRule('nat', '-A POSTROUTING -p tcp --dport 80 -j MASQUERADE --to-ports 20000-29999'),
    why: 'the upstream sees the router, and a port that is not that of Envoy',
    kills: [
      "the upstream sees the downstream's address, and a port of Envoy's",
      "the upstream sees what Envoy calls its own end: an address that is not the router's",
      'conntrack sees no address rewritten on either connection',
      'connections to the upstream are pooled by source address',
    ],
  },
  'Envoy keeps no connection to the upstream': {
    ...keepsNoConnection,
    kills: ['connections to the upstream are pooled by source address'],
  },
  'Envoy tries again': {
    fault: config({
      add: { [`${AT.route}.route.retry_policy`]: { retry_on: 'connect-failure', num_retries: 1 } },
    }),
    why: 'a connection that times out is one of two',
    kills: ["without DIVERT the upstream's answer passes Envoy by: 503 UF after the connect timeout"],
  },
  'another upstream answers': {
    ...anotherAnswers,
    kills: ['without the rules the upstream sees the downstream, port and all'],
  },
};

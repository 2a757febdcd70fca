import { PORTS } from '../../helpers/constants/ports.ts';
import { cluster } from '../../helpers/envoy/select.ts';
import { addedRule, changedRule, config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import { captures, upstreamHttp } from '../shared/faults.ts';
import { anotherAnswers, noDivert, noOriginalDst, notTransparent } from '../shared/tproxy/faults.ts';
import { transparent } from '../shared/tproxy/rules.ts';
import { RULE } from './scenario.ts';

/** Limits Envoy's calls to itself, for the sake of the lab: a few, whose connections close soon. */
const bounded = config({
  at: cluster('original_destination'),
  add: {
    circuit_breakers: { thresholds: [{ max_requests: 4 }] },
    ...upstreamHttp({ common_http_protocol_options: { idle_timeout: '0.05s' } }),
  },
});

export const faults: Faults = {
  'no rule chooses': {
    fault: withoutRule(RULE.choose),
    why: 'nothing is marked: the downstream meets the upstream itself',
  },
  "the rule chooses Envoy's own connections too": {
    fault: [changedRule(RULE.choose, `-m owner ! --uid-owner ${transparent.uid} `, ''), bounded],
    why: 'Envoy calls itself, until the limit that is put in with it',
  },
  'the rules take the next port too': {
    fault: [RULE.choose, RULE.loop, RULE.capture].map((rule) => changedRule(rule, '--dport 80', '--dport 80:81')),
    why: 'Envoy answers for a port on which nobody listens',
  },
  'the rule sets another mark': {
    fault: changedRule(RULE.loop, '-j MARK --set-mark 0x1', '-j MARK --set-mark 0x2'),
    why: 'it is not looked up in the local table: nothing is looped',
  },
  'no TPROXY': {
    fault: withoutRule(RULE.capture),
    why: 'what is looped has an address that is not of this host, and nobody takes it',
  },
  'no DIVERT': noDivert,
  'REDIRECT instead of TPROXY': {
    fault: [withoutRule(RULE.loop), captures(PORTS.http, transparent)],
    why: 'it needs neither mark nor routing nor a transparent listener, but it rewrites addresses',
  },
  'the host rewrites the source of what leaves it': {
    fault: addedRule('nat', '-A POSTROUTING -o to-upstream -p tcp -j MASQUERADE --to-ports 20000-29999'),
    why: 'the upstream sees a port that is neither of Envoy nor of the downstream',
  },
  'no guard': {
    fault: [withoutRule(RULE.guard), bounded],
    why: 'Envoy calls itself, until the limit that is put in with it',
  },
  'the listener is not transparent': notTransparent,
  'no original_dst listener filter': noOriginalDst,
  'another upstream answers': anotherAnswers,
};

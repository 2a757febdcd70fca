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
  'CONNMARK rule removed': {
    fault: withoutRule(RULE.choose),
    why: 'nothing is marked: the downstream meets the upstream itself',
  },
  'CONNMARK rule without the --uid-owner exemption': {
    fault: [changedRule(RULE.choose, `-m owner ! --uid-owner ${transparent.uid} `, ''), bounded],
    why: 'Envoy calls itself, until the limit that is put in with it',
  },
  'CONNMARK, MARK and TPROXY rules also match port 81': {
    fault: [RULE.choose, RULE.loop, RULE.capture].map((rule) => changedRule(rule, '--dport 80', '--dport 80:81')),
    why: 'Envoy answers for a port on which nobody listens',
  },
  'MARK rule sets mark 0x2': {
    fault: changedRule(RULE.loop, '-j MARK --set-mark 0x1', '-j MARK --set-mark 0x2'),
    why: 'it is not looked up in the local table: nothing is looped',
  },
  'TPROXY rule removed': {
    fault: withoutRule(RULE.capture),
    why: 'what is looped has an address that is not of this host, and nobody takes it',
  },
  'DIVERT rule removed': noDivert,
  'REDIRECT rule instead of the TPROXY rule': {
    fault: [withoutRule(RULE.loop), captures(PORTS.http, transparent)],
    why: 'it needs neither mark nor routing nor a transparent listener, but it rewrites addresses',
  },
  'MASQUERADE rule added on the upstream link': {
    fault: addedRule('nat', '-A POSTROUTING -o to-upstream -p tcp -j MASQUERADE --to-ports 20000-29999'),
    why: 'the upstream sees a port that is neither of Envoy nor of the downstream',
  },
  'guard rule removed': {
    fault: [withoutRule(RULE.guard), bounded],
    why: 'Envoy calls itself, until the limit that is put in with it',
  },
  'listener with transparent: false': notTransparent,
  'original_dst listener filter replaced by http_inspector': noOriginalDst,
  'upstream identifies itself with another name': anotherAnswers,
};

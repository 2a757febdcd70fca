import { PORTS } from '../../helpers/constants/ports.ts';
import { cluster } from '../../helpers/envoy/select.ts';
import { addedRule, changedRule, config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import { captures, upstreamHttp } from '../shared/faults.ts';
import { noDivert, noOriginalDst, notTransparent, renamedUpstream } from '../shared/tproxy/faults.ts';
import { transparent } from '../shared/tproxy/rules.ts';
import { RULE } from './scenario.ts';

/** Limits Envoy's loop, to spare the lab: few requests, whose connections close soon. */
const bounded = config({
  at: cluster('original_destination'),
  add: {
    circuit_breakers: { thresholds: [{ max_requests: 4 }] },
    ...upstreamHttp({ common_http_protocol_options: { idle_timeout: '0.05s' } }),
  },
});

export const faults: Faults = {
  'CONNMARK rule removed': {
    fault: withoutRule(RULE.select),
    why: 'no packet is marked: requests reach the upstream directly, without Envoy',
  },
  "CONNMARK rule also matches Envoy's uid": {
    fault: [changedRule(RULE.select, `-m owner ! --uid-owner ${transparent.uid} `, ''), bounded],
    why: 'Envoy connects to itself until the circuit breaker of this fault opens',
  },
  'CONNMARK, MARK and TPROXY rules also match port 81': {
    fault: [RULE.select, RULE.mark, RULE.capture].map((rule) => changedRule(rule, '--dport 80', '--dport 80:81')),
    why: 'Envoy accepts connections to a port on which the upstream does not listen',
  },
  'MARK rule sets mark 0x2': {
    fault: changedRule(RULE.mark, '-j MARK --set-mark 0x1', '-j MARK --set-mark 0x2'),
    why: 'packets miss the local routing table, so they leave the host instead of looping over lo',
  },
  'TPROXY rule removed': {
    fault: withoutRule(RULE.capture),
    why: 'packets looped over lo have a foreign destination address, and no socket receives them',
  },
  'DIVERT rule removed': noDivert,
  'REDIRECT rule instead of the TPROXY rule': {
    fault: [withoutRule(RULE.mark), captures(PORTS.http, transparent)],
    why: 'connections reach Envoy without mark, policy routing or a transparent listener, but are translated',
  },
  'MASQUERADE rule on the upstream link added': {
    fault: addedRule('nat', '-A POSTROUTING -o to-upstream -p tcp -j MASQUERADE --to-ports 20000-29999'),
    why: 'the upstream sees a source port that neither Envoy nor the downstream uses',
  },
  'guard rule removed': {
    fault: [withoutRule(RULE.guard), bounded],
    why: 'Envoy connects to itself until the circuit breaker of this fault opens',
  },
  'listener with transparent: false': notTransparent,
  'original_dst listener filter replaced by http_inspector': noOriginalDst,
  'upstream responds under another name': renamedUpstream,
};

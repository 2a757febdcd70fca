import { listener } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults, sysctl, withoutRouting, withoutRule } from '../../helpers/scenario/faults.ts';
import * as sidecar from '../shared/sidecar/faults.ts';
import { SIDECAR } from '../shared/sidecar/rules.ts';
import { LOCAL_TABLE, RULE } from './scenario.ts';

const original_src = 'listener_filters[envoy.filters.listener.original_src]';

export const faults: Faults = {
  ...sidecar.faults,
  'TPROXY rule removed': {
    fault: withoutRule(RULE.tproxy),
    why: 'inbound connections reach the app directly',
  },
  'REDIRECT rule instead of the TPROXY rule': {
    fault: [
      withoutRule(RULE.tproxy),
      addedRule('nat', `-A PREROUTING -p tcp ! -i lo -j REDIRECT --to-ports ${SIDECAR.inbound}`),
    ],
    why: 'inbound connections are translated, also those to exempt ports',
  },
  'rule for open connections removed': {
    fault: withoutRule(RULE.open),
    why: 'the TPROXY rule counts later packets too',
  },
  'rules for the marks of self-calls removed': {
    fault: [RULE.selfMarkByUser, RULE.selfMarkByGroup].map((comment) => withoutRule(comment)),
    why: "Envoy's call to the pod's own address reaches the app without passing 15006",
  },
  'rule that restores the mark removed': {
    fault: withoutRule(RULE.restore),
    why: "the app's replies leave the pod, and Envoy's connection to the app times out",
  },
  'local route in table 133 removed': {
    fault: withoutRouting(LOCAL_TABLE),
    why: "the app's replies leave the pod, and Envoy's connection to the app times out",
  },
  'exemption of ports 15090 and 15021 removed': {
    fault: [RULE.metrics, RULE.health].map((comment) => withoutRule(comment)),
    why: 'connections to these ports pass through Envoy',
  },
  'original_src removed': {
    fault: config({ at: listener('virtual_inbound'), delete: [original_src] }),
    why: "Envoy connects to the app from the pod's own address, and its connection is captured again",
  },
  'ip_forward set to 1': {
    fault: sysctl('net.ipv4.ip_forward', '1'),
    why: 'the pod forwards packets, which no part of the capture needs',
  },
};

export const accepted: Record<string, string> = {
  ...sidecar.accepted,
  [`no rule "${RULE.marked}"`]: 'packets with this mark arrive over lo, which the next rule lets pass, too',
};

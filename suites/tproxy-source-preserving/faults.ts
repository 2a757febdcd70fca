import { listener, route } from '../../helpers/envoy/select.ts';
import { changedRule, config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import { masquerades } from '../shared/faults.ts';
import * as tproxy from '../shared/tproxy/faults.ts';
import { RULE } from '../shared/tproxy/rules.ts';

export const faults: Faults = {
  'no rule captures': tproxy.noCapture,
  'REDIRECT instead of TPROXY': tproxy.redirectInstead(RULE.capture),
  'no original_dst listener filter': tproxy.noOriginalDst,
  'no original_src listener filter': {
    fault: config({ at: listener('ingress'), delete: ['listener_filters[envoy.filters.listener.original_src]'] }),
    why: 'Envoy calls from the address of the router',
  },
  'no DIVERT': {
    fault: withoutRule(RULE.divert),
    why: "the upstream's answers are forwarded to the downstream, past Envoy, which never connects",
  },
  'what DIVERT takes goes on to the next rule': {
    fault: withoutRule(RULE.accept),
    why: "TPROXY takes the downstream's packets once more",
  },
  'DIVERT sets another mark': {
    fault: changedRule(RULE.mark, '--set-mark 0x1', '--set-mark 0x2'),
    why: 'by it nothing is looked up in the local table: both connections lose every packet but the first',
  },
  'the host rewrites the source of what Envoy sends': {
    fault: masquerades(),
    why: 'the upstream sees the router, and a port that is not that of Envoy',
  },
  'Envoy keeps no connection to the upstream': tproxy.keepsNoConnection,
  'Envoy tries again': {
    fault: config({ at: route('/'), add: { 'route.retry_policy': { retry_on: 'connect-failure', num_retries: 1 } } }),
    why: 'a connection that times out is one of two',
  },
  'another upstream answers': tproxy.anotherAnswers,
};

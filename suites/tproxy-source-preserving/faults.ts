import { listener, route } from '../../helpers/envoy/select.ts';
import { changedRule, config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import { masquerades } from '../shared/faults.ts';
import * as tproxy from '../shared/tproxy/faults.ts';
import { RULE } from '../shared/tproxy/rules.ts';

export const faults: Faults = {
  'TPROXY rule removed': tproxy.noCapture,
  'REDIRECT rule instead of the TPROXY rule': tproxy.redirectInstead(RULE.capture),
  'original_dst listener filter replaced by http_inspector': tproxy.noOriginalDst,
  'original_src listener filter removed': {
    fault: config({ at: listener('ingress'), delete: ['listener_filters[envoy.filters.listener.original_src]'] }),
    why: 'Envoy calls from the address of the router',
  },
  'DIVERT rule removed': {
    fault: withoutRule(RULE.divert),
    why: "the upstream's answers are forwarded to the downstream, past Envoy, which never connects",
  },
  'ACCEPT rule of the DIVERT chain removed': {
    fault: withoutRule(RULE.accept),
    why: "TPROXY takes the downstream's packets once more",
  },
  'MARK rule of the DIVERT chain sets mark 0x2': {
    fault: changedRule(RULE.mark, '--set-mark 0x1', '--set-mark 0x2'),
    why: 'by it nothing is looked up in the local table: both connections lose every packet but the first',
  },
  "MASQUERADE rule added for Envoy's upstream connections": {
    fault: masquerades(),
    why: 'the upstream sees the router, and a port that is not that of Envoy',
  },
  'max_requests_per_connection 1 on the cluster': tproxy.keepsNoConnection,
  'retry_policy added to the route': {
    fault: config({ at: route('/'), add: { 'route.retry_policy': { retry_on: 'connect-failure', num_retries: 1 } } }),
    why: 'a connection that times out is one of two',
  },
  'upstream identifies itself with another name': tproxy.anotherAnswers,
};

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
    why: "Envoy's upstream connections have the router's address",
  },
  'DIVERT rule removed': {
    fault: withoutRule(RULE.divert),
    why: "the upstream's replies are forwarded to the downstream, so Envoy's connection times out",
  },
  'ACCEPT rule of the DIVERT chain removed': {
    fault: withoutRule(RULE.accept),
    why: 'diverted packets of the downstream match the TPROXY rule too',
  },
  'MARK rule of the DIVERT chain sets mark 0x2': {
    fault: changedRule(RULE.mark, '--set-mark 0x1', '--set-mark 0x2'),
    why: 'diverted packets miss the local routing table: both connections lose every packet but the first',
  },
  'MASQUERADE rule for port 80 added': {
    fault: masquerades(),
    why: "the upstream sees the router's address and another source port than Envoy's",
  },
  'max_requests_per_connection 1 on the cluster': tproxy.oneRequestPerConnection,
  'retry_policy added to the route': {
    fault: config({ at: route('/'), add: { 'route.retry_policy': { retry_on: 'connect-failure', num_retries: 1 } } }),
    why: 'Envoy retries after a connect timeout, so two connections time out',
  },
  'upstream responds under another name': tproxy.renamedUpstream,
};

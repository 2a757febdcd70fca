import { cluster, listener } from '../../helpers/envoy/select.ts';
import { addedRule, changedRule, config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import * as sidecar from '../shared/sidecar/faults.ts';
import { RULE } from './scenario.ts';

export const faults: Faults = {
  ...sidecar.faults,
  'bind_to_port true on the listener on port 80': {
    fault: config({ at: listener('outbound_http'), set: { bind_to_port: true } }),
    why: 'port 80 of the pod accepts connections',
  },
  'RST packets to peers dropped': {
    fault: addedRule('filter', '-A OUTPUT ! -o lo -p tcp --tcp-flags RST RST -j DROP'),
    why: 'a refused inbound connection times out',
  },
  'rule that redirects to 15006 removed': {
    fault: withoutRule(RULE.inRedirect),
    why: 'inbound connections reach the app directly',
  },
  'rule for 127.0.0.6 removed': {
    fault: withoutRule(RULE.toApp),
    why: "Envoy's connections to the app come back to 15006 until a limit of the cluster ends them",
  },
  'rules for self-calls removed': {
    fault: [RULE.selfByUser, RULE.selfByGroup].map((comment) => withoutRule(comment)),
    why: "Envoy's call to the pod's own address reaches the app without passing 15006",
  },
  'exemptions of ports 15090, 15021 and 15008 removed': {
    fault: [RULE.metrics, RULE.health, RULE.tunnel].map((comment) => withoutRule(comment)),
    why: 'connections to these ports pass through Envoy',
  },
  'rule for port 15021 exempts the port of the app': {
    fault: changedRule(RULE.health, '--dport 15021', '--dport 5000'),
    why: 'HTTP connections to the app arrive directly',
  },
  'upstream_bind_config with another address than 127.0.0.6': {
    fault: ['inbound', 'inbound_passthrough'].map((name) =>
      config({ at: cluster(name), set: { 'upstream_bind_config.source_address.address': '127.0.0.7' } }),
    ),
    why: "no rule knows Envoy's connections to the app, which come back to 15006",
  },
  'original_dst listener filter removed from 15006': {
    fault: config({ at: listener('virtual_inbound'), delete: ['listener_filters'] }),
    why: 'Envoy knows no dialled address: every inbound connection ends in the blackhole',
  },
};

export const accepted: Record<string, string> = {
  ...sidecar.accepted,
  [`no rule "${RULE.selfByGroup}"`]: sidecar.FOLLOWS_USER,
};

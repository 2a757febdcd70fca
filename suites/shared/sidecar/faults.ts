import type { ConfigChange } from '../../../helpers/envoy/config-change.ts';
import { cluster, listener } from '../../../helpers/envoy/select.ts';
import {
  addedRule,
  changedRule,
  config,
  type Faults,
  upstream,
  withoutRule,
} from '../../../helpers/scenario/faults.ts';
import { accepts } from '../faults.ts';
import { RULE, SIDECAR } from './rules.ts';

/** What a listener's chain for its own port prevents happens: the connection comes back. */
export const withoutBlackhole = (name: string): ConfigChange => ({
  at: listener(name),
  delete: ['filter_chains[blackhole]'],
});

/** Connections that come back end earlier. */
const lowerLimit = (name: string): ConfigChange => ({
  at: cluster(name),
  set: { 'circuit_breakers.thresholds': [{ max_connections: 4 }] },
});

/** Those of both modes of inbound capture. */
export const faults: Faults = {
  'rule that redirects to 15001 removed': {
    fault: withoutRule(RULE.redirect),
    why: "the app's connections leave without Envoy",
  },
  "exemptions of Envoy's user and group removed": {
    fault: [RULE.envoyUser, RULE.envoyGroup].map((comment) => withoutRule(comment)),
    why: "Envoy's outbound connections come back to 15001 until a limit of the cluster ends them",
  },
  "exemption of Envoy's user is for the app's user": {
    fault: changedRule(RULE.envoyUser, `--uid-owner ${SIDECAR.uid}`, '--uid-owner 1000'),
    why: "the app's connections leave without Envoy",
  },
  "exemption of Envoy's group is for another group": {
    fault: changedRule(RULE.envoyGroup, `--gid-owner ${SIDECAR.uid}`, '--gid-owner 1338'),
    why: "a program of Envoy's group is captured",
  },
  'exemptions of calls over lo removed': {
    fault: [RULE.overLoByUser, RULE.overLoByGroup].map((comment) => withoutRule(comment)),
    why: "the app's calls to the pod's own address pass through Envoy, and those to 127.0.0.1 match the next rule",
  },
  'chains of destination_port 15001 and 15006 removed': {
    fault: ['virtual_outbound', 'virtual_inbound'].map((name) => config(withoutBlackhole(name))),
    why: 'a connection to a capture port comes back until a limit of the cluster ends it',
  },
  'use_original_dst removed from 15001': {
    fault: config({ at: listener('virtual_outbound'), delete: ['use_original_dst'] }),
    why: 'every outbound connection ends in the blackhole',
  },
  'limits of both clusters halved': {
    fault: ['inbound_passthrough', 'passthrough'].map((name) => config(lowerLimit(name))),
    why: 'connections that come back end earlier',
  },
  'clusters of inbound connections have upstream_port_override 7001': {
    fault: ['inbound', 'inbound_passthrough'].map((name) =>
      config({ at: cluster(name), add: { original_dst_lb_config: { upstream_port_override: 7001 } } }),
    ),
    why: 'Envoy connects to a port on which the app does not listen',
  },
  'RST packets over lo dropped': {
    fault: addedRule('filter', '-A OUTPUT -o lo -p tcp --tcp-flags RST RST -j DROP'),
    why: 'a refused connection within the pod times out',
  },
  'app and peer respond under other names': {
    fault: [upstream('app', { name: 'peer' }), upstream('peer', { name: 'app' })],
    why: 'each response names the other one',
  },
};

const OPTIONS =
  'typed_extension_protocol_options[envoy.extensions.upstreams.http.v3.HttpProtocolOptions].common_http_protocol_options';

/** Why no packet reaches the rules for Envoy's group: they follow those for its user. */
export const FOLLOWS_USER =
  "a packet over lo matches a rule for users before: that of Envoy's user is captured, and that of another user exempt";

export const accepted: Record<string, string> = {
  ...accepts('the limits keep a connection of one claim from serving another', [
    `cluster outbound_http: ${OPTIONS}.idle_timeout is not there`,
    `cluster outbound_http: ${OPTIONS}.max_requests_per_connection is 2`,
  ]),
  [`no rule "${RULE.overLoByGroup}"`]: FOLLOWS_USER,
  [`no rule "${RULE.loopback}"`]: FOLLOWS_USER,
};

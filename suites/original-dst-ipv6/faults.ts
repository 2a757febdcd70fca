import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster } from '../../helpers/envoy/select.ts';
import { addedRule, changedRule, config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import { masquerades, misdatedBody } from '../shared/faults.ts';
import * as redirect from '../shared/original-dst/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';

export const faults: Faults = {
  'IPv6 REDIRECT rule removed': {
    fault: withoutRule(RULE.capture, 'ipv6'),
    why: 'IPv6 requests reach the upstreams directly, without Envoy',
  },
  'IPv4 REDIRECT rule removed': {
    fault: withoutRule(RULE.capture, 'ipv4'),
    why: 'IPv4 requests reach the upstreams directly, without Envoy',
  },
  "IPv6 REDIRECT rule also matches Envoy's uid": {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, '', 'ipv6'),
    why: "Envoy's own connections loop back into Envoy until the guard rule rejects them",
  },
  'IPv6 REDIRECT rule also matches port 81': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81', 'ipv6'),
    why: 'Envoy accepts connections to a port on which no upstream listens',
  },
  'IPv6 guard rule removed': {
    fault: withoutRule(RULE.guard, 'ipv6'),
    why: 'Envoy connects to itself until it reaches a limit of its own',
  },
  'ipv4_compat disabled on the listener': {
    fault: config(redirect.NO_IPV4_COMPAT),
    why: 'captured IPv4 connections are refused',
  },
  'original_dst listener filter removed': redirect.noOriginalDst,
  'cluster type STATIC with the IPv4 address of blue': {
    fault: config(redirect.staticCluster()),
    why: 'Envoy connects to blue over IPv4, whatever address was dialled',
  },
  'original_dst_lb_config removed from its clusters': {
    fault: ['by_header', 'port_8081'].map((name) => config({ at: cluster(name), delete: ['original_dst_lb_config'] })),
    why: 'Envoy connects to the dialled address and port, whatever header a request has',
  },
  'max_requests_per_connection 1 on the connection manager': redirect.closesEachConnection,
  'upstream blue identifies itself as green': redirect.blueIsGreen,
  'IPv6 MASQUERADE rule for port 80 added': {
    fault: masquerades(PORTS.http, 'ipv6'),
    why: "a second rule counts, and Envoy's upstream connection is translated to another source port",
  },
  'RST packets of connections dialled on port 80 dropped': {
    fault: (['ipv4', 'ipv6'] as const).map((family) =>
      addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP', { family }),
    ),
    why: 'the downstream times out instead of receiving a refusal',
  },
  'known change of the 503 body misdated': misdatedBody,
  'known change of scoped destinations misdated': {
    misdated: CHANGES.scopedOriginalDestination,
    why: 'the claim expects a crash where there is none',
  },
};

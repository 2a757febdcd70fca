import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster } from '../../helpers/envoy/select.ts';
import { addedRule, changedRule, config, type Faults, upstream, withoutRule } from '../../helpers/scenario/faults.ts';
import { keepsServerHeader, masquerades, misdatedBody, upstreamHttp } from '../shared/faults.ts';
import * as redirect from '../shared/original-dst/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';

export const faults: Faults = {
  'REDIRECT rule removed': {
    fault: withoutRule(RULE.capture),
    why: 'requests reach the upstreams directly, without Envoy',
  },
  "REDIRECT rule also matches Envoy's uid": {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
    why: "Envoy's own connections loop back into Envoy until the guard rule rejects them",
  },
  'REDIRECT rule also matches port 81': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81'),
    why: 'Envoy accepts connections to a port on which no upstream listens',
  },
  'REDIRECT rule leads to closed port 4998': {
    fault: changedRule(RULE.capture, `--to-ports ${PORTS.listener}`, '--to-ports 4998'),
    why: 'every captured connection is refused',
  },
  'guard rule removed': {
    fault: withoutRule(RULE.guard),
    why: 'Envoy connects to itself until it reaches a limit of its own',
  },
  'original_dst listener filter removed': redirect.noOriginalDst,
  'cluster type STATIC instead of ORIGINAL_DST': {
    fault: config(redirect.staticCluster()),
    why: 'Envoy connects to blue, whatever address was dialled',
  },
  'max_requests_per_connection 1 on the connection manager': redirect.closesEachConnection,
  'upstream blue identifies itself as green': redirect.blueIsGreen,
  "upstreams send Envoy's response headers": {
    fault: ['blue', 'green'].map((name) =>
      upstream(name, { headers: { server: 'envoy', 'x-envoy-upstream-service-time': '1' } }),
    ),
    why: 'a response without Envoy carries the headers that identify Envoy',
  },
  'server_header_transformation set to PASS_THROUGH': {
    fault: keepsServerHeader,
    why: "the response keeps the upstream's server header instead of server: envoy",
  },
  'MASQUERADE rule for port 80 added': {
    fault: masquerades(),
    why: "a second rule counts, and Envoy's upstream connection is translated to another source port",
  },
  'RST packets of connections dialled on port 80 dropped': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP'),
    why: 'the downstream times out instead of receiving a refusal',
  },
  'RST packets from upstream port 80 dropped': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 80 --tcp-flags RST RST -j DROP'),
    why: 'a refused connection to port 80 times out, for Envoy and for the downstream',
  },
  'original_dst_lb_config removed from all clusters': {
    fault: ['by_header', 'by_own_header', 'by_metadata', 'port_81'].map((name) =>
      config({ at: cluster(name), delete: ['original_dst_lb_config'] }),
    ),
    why: 'Envoy connects to the dialled address, whatever header or metadata a request has',
  },
  'use_http_header on the cluster of other requests': {
    fault: config({ at: cluster('original_destination'), add: { original_dst_lb_config: { use_http_header: true } } }),
    why: 'a header chooses the destination',
  },
  'http_header_name is x-envoy-original-dst-host': {
    fault: config({
      at: cluster('by_own_header'),
      set: { 'original_dst_lb_config.http_header_name': 'x-envoy-original-dst-host' },
    }),
    why: 'the other header has no effect',
  },
  'cleanup_interval of 600 s on all clusters': {
    fault: ['used', 'forgotten'].map((name) => config({ at: cluster(name), set: { cleanup_interval: '600s' } })),
    why: 'no host is removed while the lab runs',
  },
  'idle_timeout on the cluster whose hosts stay': {
    fault: config({
      at: cluster('used'),
      add: upstreamHttp({ common_http_protocol_options: { idle_timeout: '0.05s' } }),
    }),
    why: 'its idle connections close, and its host is removed',
  },
  'known change of the 503 body misdated': misdatedBody,
  'known change of IPv4-mapped destinations misdated': {
    misdated: CHANGES.mappedOriginalDestination,
    why: 'the claim expects the other outcome',
  },
};

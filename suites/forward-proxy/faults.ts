import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { connectionManager, filter, listener, route } from '../../helpers/envoy/select.ts';
import { addedRule, changedRule, config, type Faults, resolves, withoutRule } from '../../helpers/scenario/faults.ts';
import * as shared from '../shared/faults.ts';
import { staticCluster } from '../shared/original-dst/faults.ts';
import { MAX_SELF_CONNECTIONS, RULE } from './scenario.ts';

export const faults: Faults = {
  'REDIRECT rule for port 80 removed': {
    fault: withoutRule(RULE.http),
    why: 'requests to port 80 reach the upstream directly',
  },
  'REDIRECT rule for port 443 removed': {
    fault: withoutRule(RULE.tls),
    why: 'TLS connections reach the upstream directly, with the same certificate but without Envoy',
  },
  "REDIRECT rule for port 80 also matches Envoy's uid": {
    fault: [
      changedRule(RULE.http, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
      changedRule(RULE.guard, `--connlimit-above ${MAX_SELF_CONNECTIONS}`, '--connlimit-above 0'),
    ],
    why: 'Envoy connects to itself for every upstream on port 80; a guard limit of 0 refuses it at once, so that no connections are left open',
  },
  "REDIRECT rule for port 443 also matches Envoy's uid": {
    fault: [changedRule(RULE.tls, `-m owner ! --uid-owner ${ENVOY_UID} `, ''), shared.guards(PORTS.tlsListener)],
    why: 'Envoy connects to itself, which an added guard rule refuses',
  },
  'REDIRECT rule for port 5000 added': {
    fault: shared.captures(PORTS.upstream),
    why: 'requests to port 5000 go through Envoy',
  },
  'ip6tables REDIRECT rule for port 80 added': {
    fault: shared.captures(PORTS.http, { family: 'ipv6' }),
    why: 'Envoy listens on IPv4 only, so that IPv6 connections are refused',
  },
  'connection limit of the guard rule halved': {
    fault: changedRule(
      RULE.guard,
      `--connlimit-above ${MAX_SELF_CONNECTIONS}`,
      `--connlimit-above ${MAX_SELF_CONNECTIONS / 2}`,
    ),
    why: 'Envoy connects to itself half as often before the guard rule refuses',
  },
  'HTTP routed to the original destination': {
    fault: [
      config({ at: route('/'), set: { 'route.cluster': 'original_destination' } }),
      config({
        at: listener('ingress'),
        add: { listener_filters: [shared.listenerFilter('original_dst', 'OriginalDst')] },
      }),
    ],
    why: 'the Host header no longer selects the upstream, and Envoy sends no DNS query',
  },
  'original_dst listener filter removed from the TLS listener': {
    fault: config({ at: listener('ingress_tls'), delete: ['listener_filters'] }),
    why: 'Envoy does not read the original destination from the kernel and has no address to connect to',
  },
  'TLS cluster changed from ORIGINAL_DST to the static address of blue': {
    fault: config(staticCluster(PORTS.https)),
    why: 'all TLS connections go to one address',
  },
  'blue and green swap names': shared.swapsBlueAndGreen,
  'server_header_transformation set to PASS_THROUGH': shared.ownServerHeader,
  'local_reply_config replaces the body of local replies': {
    fault: shared.localReplyBody,
    why: 'the body of a local reply is not the default',
  },
  'DNS resolves the unknown name': {
    fault: resolves('nowhere', 'green'),
    why: 'Envoy connects to the resolved address, which refuses port 80',
  },
  'dns_query_timeout raised to 20 s': {
    fault: config({
      at: filter('envoy.filters.http.dynamic_forward_proxy'),
      set: { 'typed_config.dns_cache_config.dns_query_timeout': '20s' },
    }),
    why: 'the downstream times out before Envoy responds',
  },
  'accept_http_10 enabled': {
    fault: config({ at: connectionManager(), add: { http_protocol_options: { accept_http_10: true } } }),
    why: 'Envoy forwards HTTP/1.0 requests',
  },
  'MASQUERADE rules for ports 80 and 443 added': {
    fault: [shared.masquerades(PORTS.http), shared.masquerades(PORTS.https)],
    why: 'an additional rule counts packets, and the upstream sees a translated source port',
  },
  'RST packets for connections to port 80 dropped': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP'),
    why: 'a refused connection times out instead',
  },
  'known change of the 503 body misdated': shared.misdatedBody,
};

import { filter, listener } from '../../helpers/envoy/select.ts';
import { config, type Faults, identity, metadata, sysctl, withoutRule } from '../../helpers/scenario/faults.ts';
import { masquerades } from '../shared/faults.ts';
import { failsOpen, trustsForgedHeaders, usesNoRemoteAddress } from '../shared/identity/faults.ts';
import { RULE } from './scenario.ts';

export const faults: Faults = {
  'TPROXY rule removed': {
    fault: withoutRule(RULE.capture),
    why: 'the router forwards requests without an ext_authz check',
  },
  'metadata exemption rule removed': {
    fault: withoutRule(RULE.metadata),
    why: 'Envoy forwards metadata requests, one hop closer and with x-forwarded-for',
  },
  'original_dst listener filter removed': {
    fault: config({ at: listener('ingress'), delete: ['listener_filters'] }),
    why: 'Envoy does not read the dialled address: 503 UH',
  },
  'ext_authz filter_enabled set to 0 percent': {
    fault: config({
      at: filter('envoy.filters.http.ext_authz'),
      add: { 'typed_config.filter_enabled': { default_value: { numerator: 0, denominator: 'HUNDRED' } } },
    }),
    why: 'every request passes without a check and without identity headers',
  },
  'failure_mode_allow enabled': failsOpen,
  'authorization service trusts forged identity headers': trustsForgedHeaders,
  'authorization service searches only its own network namespace': {
    fault: identity({ searchesOwnNamespaceOnly: true }),
    why: "connections of the downstream's host are not in the socket tables of the router",
  },
  'instance metadata service sets no hop limit on tokens': {
    fault: metadata({ tokensLiveOneHop: false }),
    why: 'token responses are forwarded beyond the router',
  },
  'use_remote_address removed': usesNoRemoteAddress,
  'ip_forward set to 0': {
    fault: sysctl('net.ipv4.ip_forward', '0'),
    why: 'packets that Envoy does not proxy are dropped',
  },
  'MASQUERADE rule for port 80 added': {
    fault: masquerades(),
    why: "connections are translated, and the metadata service sees another source port than the downstream's",
  },
};

import { filter, listener } from '../../helpers/envoy/select.ts';
import { config, type Faults, identity, metadata, sysctl, withoutRule } from '../../helpers/scenario/faults.ts';
import { masquerades } from '../shared/faults.ts';
import { believesDownstream, failsOpen, usesNoRemoteAddress } from '../shared/identity/faults.ts';
import { RULE } from './scenario.ts';

export const faults: Faults = {
  'no rule captures': {
    fault: withoutRule(RULE.capture),
    why: 'the router forwards everything, and nobody is asked',
  },
  'calls to the metadata are captured, too': {
    fault: withoutRule(RULE.metadata),
    why: 'Envoy makes them in the place of the downstream, one hop nearer, and names it in x-forwarded-for',
  },
  'no original_dst listener filter': {
    fault: config({ at: listener('ingress'), delete: ['listener_filters'] }),
    why: 'Envoy does not know where to connect to: 503 UH',
  },
  'Envoy asks about no request': {
    fault: config({
      at: filter('envoy.filters.http.ext_authz'),
      add: { 'typed_config.filter_enabled': { default_value: { numerator: 0, denominator: 'HUNDRED' } } },
    }),
    why: 'every request passes, and nothing is told of it',
  },
  'whom nobody could look up gets through': failsOpen,
  'the stub believes the downstream': believesDownstream,
  'the stub looks in its own network namespace only': {
    fault: identity({ looksHereOnly: true }),
    why: 'a connection of another host stands in the tables of that host',
  },
  'a token reaches any host': {
    fault: metadata({ tokensLiveOneHop: false }),
    why: 'the metadata service has no hop limit',
  },
  'Envoy does not use the address of the downstream': usesNoRemoteAddress,
  'the router does not forward': {
    fault: sysctl('net.ipv4.ip_forward', '0'),
    why: 'what Envoy does not carry goes nowhere',
  },
  'the router rewrites the source of what leaves it for port 80': {
    fault: masquerades(),
    why: 'connections are translated, and the metadata service sees a port that is not the downstream’s',
  },
};

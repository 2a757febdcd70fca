import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { addedRule, changedRule, config, type Faults, upstream, withoutRule } from '../../helpers/scenario/faults.ts';
import { anotherBody, keepsServerHeader, masquerades } from '../shared/faults.ts';
import * as redirect from '../shared/original-dst/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';

export const faults: Faults = {
  'REDIRECT rule removed': {
    fault: withoutRule(RULE.capture),
    why: 'the downstream meets the upstreams themselves',
  },
  'REDIRECT rule without the --uid-owner exemption': {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
    why: 'Envoy calls itself, until the guard refuses it',
  },
  'REDIRECT rule also captures port 81': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81'),
    why: 'Envoy answers for a port on which nobody listens',
  },
  'REDIRECT rule leads to a closed port': {
    fault: changedRule(RULE.capture, `--to-ports ${PORTS.listener}`, '--to-ports 4998'),
    why: 'whatever is captured is refused',
  },
  'guard rule removed': {
    fault: withoutRule(RULE.guard),
    why: 'Envoy calls itself until a limit of its own',
  },
  'original_dst listener filter removed': redirect.noOriginalDst,
  'cluster type STATIC instead of ORIGINAL_DST': {
    fault: config(redirect.staticCluster()),
    why: 'whatever was dialled, blue is called',
  },
  'max_requests_per_connection 1 on the connection manager': redirect.closesEachConnection,
  'upstream blue identifies itself as green': redirect.blueIsGreen,
  "upstreams send Envoy's response headers": {
    fault: ['blue', 'green'].map((name) =>
      upstream(name, { headers: { server: 'envoy', 'x-envoy-upstream-service-time': '1' } }),
    ),
    why: 'who goes straight to them does not meet their own names',
  },
  'server_header_transformation set to PASS_THROUGH': {
    fault: keepsServerHeader,
    why: 'the only sign of Envoy in an answer is gone',
  },
  "MASQUERADE rule added for Envoy's upstream connections": {
    fault: masquerades(),
    why: 'a second rule counts, and what leaves for the upstream is a translated connection of another port',
  },
  'firewall drops the RST that refuses a captured connection': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP'),
    why: 'silence is not a refusal',
  },
  'firewall drops RST packets from port 80': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 80 --tcp-flags RST RST -j DROP'),
    why: 'who is refused on port 80 waits in vain: Envoy until its connect timeout, the downstream until its own',
  },
  'known change of the 503 body dated to another version': anotherBody,
};

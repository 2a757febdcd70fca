import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { addedRule, changedRule, config, type Faults, upstream, withoutRule } from '../../helpers/scenario/faults.ts';
import { anotherBody, keepsServerHeader, masquerades } from '../shared/faults.ts';
import * as redirect from '../shared/original-dst/faults.ts';
import { RULE } from '../shared/original-dst/rules.ts';

export const faults: Faults = {
  'no rule captures': {
    fault: withoutRule(RULE.capture),
    why: 'the downstream meets the upstreams themselves',
  },
  "the rule captures Envoy's own connections too": {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
    why: 'Envoy calls itself, until the guard refuses it',
  },
  'the rule captures the next port too': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81'),
    why: 'Envoy answers for a port on which nobody listens',
  },
  'the rule leads to a port on which nothing listens': {
    fault: changedRule(RULE.capture, `--to-ports ${PORTS.listener}`, '--to-ports 4998'),
    why: 'whatever is captured is refused',
  },
  'no guard': {
    fault: withoutRule(RULE.guard),
    why: 'Envoy calls itself until a limit of its own',
  },
  'no original_dst listener filter': redirect.noOriginalDst,
  'a static cluster instead of ORIGINAL_DST': {
    fault: config(redirect.staticCluster()),
    why: 'whatever was dialled, blue is called',
  },
  'Envoy closes a connection after each answer': redirect.closesEachConnection,
  'blue answers as green': redirect.blueIsGreen,
  'the upstreams answer as if they were Envoy': {
    fault: ['blue', 'green'].map((name) =>
      upstream(name, { headers: { server: 'envoy', 'x-envoy-upstream-service-time': '1' } }),
    ),
    why: 'who goes straight to them does not meet their own names',
  },
  'Envoy keeps the server header of the upstream': {
    fault: keepsServerHeader,
    why: 'the only sign of Envoy in an answer is gone',
  },
  'the host rewrites the source of what Envoy sends': {
    fault: masquerades(),
    why: 'a second rule counts, and what leaves for the upstream is a translated connection of another port',
  },
  'a firewall swallows what refuses a connection': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --tcp-flags RST RST -m conntrack --ctorigdstport 80 -j DROP'),
    why: 'silence is not a refusal',
  },
  'a firewall swallows what refuses Envoy': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 80 --tcp-flags RST RST -j DROP'),
    why: 'who is refused on port 80 waits in vain: Envoy until its connect timeout, the downstream until its own',
  },
  'Envoy is known to write another body': anotherBody,
};

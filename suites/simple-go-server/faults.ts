import { PORTS } from '../../helpers/constants/ports.ts';
import { addedRule, changedRule, type Faults, upstream, withoutRule } from '../../helpers/scenario/faults.ts';
import { masquerades, strangerAnswers } from '../shared/faults.ts';
import { RULE } from './scenario.ts';

/** On the host of the downstream. */
const REFUSALS = '-A INPUT -p tcp --tcp-flags RST RST -j DROP';

export const faults: Faults = {
  'no second port': {
    fault: withoutRule(RULE.alias),
    why: 'nobody listens there',
  },
  'the second port leads to a third': {
    fault: changedRule(RULE.alias, `--to-ports ${PORTS.upstream}`, '--to-ports 5001'),
    why: 'nobody listens there',
  },
  'the rule matches the served port, too': {
    fault: changedRule(RULE.alias, `--dport ${PORTS.listener}`, `--dport ${PORTS.listener}:${PORTS.upstream}`),
    why: 'who calls it is redirected to where they called',
  },
  'the host of the upstream redirects its own calls, too': {
    fault: addedRule('nat', `-A OUTPUT -p tcp --dport ${PORTS.listener} -j REDIRECT --to-ports ${PORTS.upstream}`, {
      at: 'upstream',
    }),
    why: 'what a host sends itself goes by OUTPUT',
  },
  'the host rewrites the source of who calls the upstream': {
    fault: [masquerades(PORTS.upstream), masquerades(PORTS.upstream, 'ipv6')],
    why: 'the upstream sees another port than the downstream has',
  },
  'a firewall swallows what refuses a connection': {
    fault: [
      addedRule('filter', REFUSALS),
      addedRule('filter', REFUSALS, { family: 'ipv6' }),
      addedRule('filter', '-A INPUT -i lo -p tcp --tcp-flags RST RST -j DROP', { at: 'upstream' }),
    ],
    why: 'silence is not a refusal',
  },
  'another upstream answers': strangerAnswers('it names itself'),
  'the upstream answers everything with 500': {
    fault: upstream('upstream', { status: 500 }),
    why: 'none of its pages is',
  },
  'the upstream loses all but the first line of a header': {
    fault: upstream('upstream', { losesLines: true }),
    why: 'what stands twice is reported once',
  },
  'the upstream counts each connection by itself': {
    fault: upstream('upstream', { countsByConnection: true }),
    why: 'each connection begins with one',
  },
  'the upstream ends each connection after its answer': {
    fault: upstream('upstream', { headers: { connection: 'close' } }),
    why: 'a further request has a connection of its own, or none',
  },
};

import { PORTS } from '../../helpers/constants/ports.ts';
import { addedRule, changedRule, type Faults, upstream, withoutRule } from '../../helpers/scenario/faults.ts';
import { RULE } from './scenario.ts';

/** On the host of the downstream. */
const MASQUERADE = `-A POSTROUTING -p tcp --dport ${PORTS.upstream} -j MASQUERADE --to-ports 20000-29999`;

const REFUSALS = '-A INPUT -p tcp --tcp-flags RST RST -j DROP';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'no second port': {
    fault: withoutRule(RULE.alias),
    why: 'nobody listens there',
    kills: [
      'the second port is answered too, and the downstream believes that it is the one',
      "the upstream has the redirected connection on its own port, from the downstream's",
      "conntrack on the upstream's host has one translated entry, whose replies come from the served port",
      'the rule counts a connection once, however many requests it carries',
    ],
  },
  'the second port leads to a third': {
    fault: changedRule(RULE.alias, `--to-ports ${PORTS.upstream}`, '--to-ports 5001'),
    why: 'nobody listens there',
    kills: [
      'the second port is answered too, and the downstream believes that it is the one',
      "the upstream has the redirected connection on its own port, from the downstream's",
      "conntrack on the upstream's host has one translated entry, whose replies come from the served port",
      'the rule counts a connection once, however many requests it carries',
    ],
  },
  'the rule matches the served port, too': {
    fault: changedRule(RULE.alias, `--dport ${PORTS.listener}`, `--dport ${PORTS.listener}:${PORTS.upstream}`),
    why: 'who calls it is redirected to where they called',
    kills: ['the served port is left alone'],
  },
  'the host of the upstream redirects its own calls, too': {
    fault: addedRule('nat', `-A OUTPUT -p tcp --dport ${PORTS.listener} -j REDIRECT --to-ports ${PORTS.upstream}`, {
      at: 'upstream',
    }),
    why: 'what a host sends itself goes by OUTPUT',
    kills: ["from the upstream's own host the second port is refused: what starts there passes no PREROUTING"],
  },
  'the host rewrites the source of who calls the upstream': {
    fault: [addedRule('nat', MASQUERADE), addedRule('nat', MASQUERADE, { family: 'ipv6' })],
    why: 'the upstream sees another port than the downstream has',
    kills: [
      'both ends of the connection are reported as the downstream has them',
      'it serves IPv6 on the same port',
      "conntrack on the upstream's host has one translated entry, whose replies come from the served port",
      'the served port is left alone',
    ],
  },
  'a firewall swallows what refuses a connection': {
    fault: [
      addedRule('filter', REFUSALS),
      addedRule('filter', REFUSALS, { family: 'ipv6' }),
      addedRule('filter', '-A INPUT -i lo -p tcp --tcp-flags RST RST -j DROP', { at: 'upstream' }),
    ],
    why: 'silence is not a refusal',
    kills: [
      'while it shuts down a new connection is refused',
      'the second port is refused over IPv6, for which there is no rule',
      "from the upstream's own host the second port is refused: what starts there passes no PREROUTING",
      'without the rule the second port is refused from elsewhere too',
    ],
  },
  'another upstream answers': {
    fault: upstream('upstream', { name: 'stranger' }),
    why: 'it names itself',
    kills: [
      'GET / is 200 with Hello, World! and names who gave it',
      'GET /healthz is 204 without a body',
      'any other path is 404',
      'the second port is answered too, and the downstream believes that it is the one',
      "from the upstream's own host the served port answers",
    ],
  },
  'the upstream answers everything with 500': {
    fault: upstream('upstream', { status: 500 }),
    why: 'none of its pages is',
    kills: [
      'GET / is 200 with Hello, World! and names who gave it',
      'every header received is reported as it stood: in order, in its own case, one that stands twice twice',
      'both ends of the connection are reported as the downstream has them',
      'each answer counts the requests so far, whatever their connection',
      'it serves IPv6 on the same port',
      'GET /healthz is 204 without a body',
      'any other path is 404',
      'while it shuts down /healthz is 503, and the answer ends the connection',
      'while it shuts down who is connected is still served',
      'the second port is answered too, and the downstream believes that it is the one',
      'the served port is left alone',
      "from the upstream's own host the served port answers",
    ],
  },
  'the upstream loses all but the first line of a header': {
    fault: upstream('upstream', { losesLines: true }),
    why: 'what stands twice is reported once',
    kills: ['every header received is reported as it stood: in order, in its own case, one that stands twice twice'],
  },
  'the upstream counts each connection by itself': {
    fault: upstream('upstream', { countsByConnection: true }),
    why: 'each connection begins with one',
    kills: ['each answer counts the requests so far, whatever their connection'],
  },
  'the upstream ends each connection after its answer': {
    fault: upstream('upstream', { headers: { connection: 'close' } }),
    why: 'a further request has a connection of its own, or none',
    kills: [
      'while it shuts down /healthz is 503, and the answer ends the connection',
      'while it shuts down who is connected is still served',
      'the rule counts a connection once, however many requests it carries',
    ],
  },
};

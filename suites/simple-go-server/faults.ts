import { PORTS } from '../../helpers/constants/ports.ts';
import { addedRule, changedRule, type Faults, upstream, withoutRule } from '../../helpers/scenario/faults.ts';
import { masquerades, renamed } from '../shared/faults.ts';
import { RULE } from './scenario.ts';

/** Drops RST packets on the downstream's host. */
const DROPS_RST = '-A INPUT -p tcp --tcp-flags RST RST -j DROP';

export const faults: Faults = {
  'REDIRECT rule removed': {
    fault: withoutRule(RULE.secondPort),
    why: 'no process listens on port 4999',
  },
  'REDIRECT rule leads to closed port 5001': {
    fault: changedRule(RULE.secondPort, `--to-ports ${PORTS.upstream}`, '--to-ports 5001'),
    why: 'no process listens on port 5001',
  },
  'REDIRECT rule also matches port 5000': {
    fault: changedRule(RULE.secondPort, `--dport ${PORTS.listener}`, `--dport ${PORTS.listener}:${PORTS.upstream}`),
    why: 'connections to port 5000 are counted and tracked as NAT',
  },
  "REDIRECT rule in OUTPUT added on the upstream's host": {
    fault: addedRule('nat', `-A OUTPUT -p tcp --dport ${PORTS.listener} -j REDIRECT --to-ports ${PORTS.upstream}`, {
      at: 'upstream',
    }),
    why: "connections from the upstream's own host are redirected too",
  },
  'MASQUERADE rules for port 5000 added': {
    fault: [masquerades(PORTS.upstream), masquerades(PORTS.upstream, 'ipv6')],
    why: "the upstream sees a source port that differs from the downstream's",
  },
  'RST packets dropped': {
    fault: [
      addedRule('filter', DROPS_RST),
      addedRule('filter', DROPS_RST, { family: 'ipv6' }),
      addedRule('filter', '-A INPUT -i lo -p tcp --tcp-flags RST RST -j DROP', { at: 'upstream' }),
    ],
    why: 'a refused connection times out instead',
  },
  'upstream responds under another name': renamed('the response contains its name'),
  'upstream ignores the request id and guesses its type': {
    fault: upstream('upstream', { headers: { 'x-request-id': 'fixed', 'x-content-type-options': 'guess' } }),
    why: 'each response has the same id, and browsers may take the text for a page',
  },
  'FIN packets of the impatient upstream dropped': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --tcp-flags FIN FIN -j DROP', { at: 'impatient' }),
    why: 'the downstream never sees the end of the connection',
  },
  'upstream returns 500 for every path': {
    fault: upstream('upstream', { status: 500 }),
    why: 'no path has this status',
  },
  'upstream drops all but the first line of a repeated header': {
    fault: upstream('upstream', { dropsRepeatedHeaders: true }),
    why: 'a repeated header is reported once',
  },
  'upstream counts requests per connection': {
    fault: upstream('upstream', { countsByConnection: true }),
    why: 'the count starts at one on each connection',
  },
  'upstream closes each connection after its response': {
    fault: upstream('upstream', { headers: { connection: 'close' } }),
    why: 'a further request needs a new connection, which is refused during shutdown',
  },
};

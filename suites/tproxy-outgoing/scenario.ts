import { scenario } from '../../helpers/scenario/scenario.ts';
import { tproxy, transparent } from '../shared/tproxy/rules.ts';

export const tproxyOutgoing = scenario({
  ...tproxy,
  slug: 'tproxy-outgoing',
  task: 'intercept',
  tags: ['tproxy'],
  title: 'TPROXY intercepts without NAT',
  requirement:
    'Envoy answers in the name of the address that was dialled and calls that address itself, and no address of any packet is rewritten.',
  purpose:
    'Puts Envoy on a router, unseen by both sides: what passes by is given to it as it is, with no address rewritten.',
  origin: {
    chapter: 'tproxy-outgoing',
    changed:
      "Hosts of a lab stand for the machines of the original. Envoy runs without any capability but NET_ADMIN. New are the control arms, each of which leaves one part of the set-up away and says what happens then, and a rule that only counts Envoy's own connections.",
  },
  envoy: { config: 'tproxy-outgoing.yaml', ...transparent },
});

import { PORTS } from '../../helpers/constants/ports.ts';
import { router, scenario } from '../../helpers/scenario/scenario.ts';

/** The comments of the rules, by which claims name them. */
export const RULE = {
  divert: 'packets of a socket that Envoy has open',
  mark: 'mark what is diverted',
  accept: 'and look at no further rule',
  capture: 'give new HTTP connections to Envoy',
  witness: 'count the connections that Envoy opens',
} as const;

/** Marked packets are looked up in a table of their own, in which every address is local. */
export const MARK_LOOKUP = 'rule add fwmark 0x1 lookup 100';

export const LOCAL_TABLE = 'route add local 0.0.0.0/0 dev lo table 100';

/** What the TPROXY chapters have in common. The witness changes nothing; asking for a state turns conntrack on. */
export const tproxy = {
  topology: router({ upstreams: { upstream: { port: PORTS.http } } }),
  netfilter: `
    *mangle
    :DIVERT - [0:0]
    -A PREROUTING -p tcp -m socket --transparent -m comment --comment "${RULE.divert}" -j DIVERT
    -A DIVERT -m comment --comment "${RULE.mark}" -j MARK --set-mark 0x1
    -A DIVERT -m comment --comment "${RULE.accept}" -j ACCEPT
    -A PREROUTING -p tcp --dport 80 -m comment --comment "${RULE.capture}" -j TPROXY --on-port ${PORTS.listener} --tproxy-mark 0x1/0x1
    COMMIT
    *filter
    -A OUTPUT -p tcp --dport 80 -m conntrack --ctstate NEW -m comment --comment "${RULE.witness}"
    COMMIT`,
  routing: [MARK_LOOKUP, LOCAL_TABLE],
  needs: ['tproxy' as const, 'conntrack' as const],
};

// IP_TRANSPARENT asks for NET_ADMIN or NET_RAW, ip(7); a user other than root would keep neither.
export const transparent = { uid: 0, capabilities: ['NET_ADMIN'] };

export const tproxyOutgoing = scenario({
  ...tproxy,
  slug: 'tproxy-outgoing',
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

import { PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';
import { LOCAL_TABLE, MARK_LOOKUP, transparent } from '../shared/tproxy/rules.ts';

export const RULE = {
  choose: "choose new HTTP connections, but not Envoy's own",
  loop: 'mark what belongs to them, so that it is looped over lo',
  divert: 'packets of a socket that Envoy has open',
  capture: 'give what was looped to Envoy',
  guard: 'keep Envoy from calling itself',
} as const;

export const tproxyLocal = scenario({
  slug: 'tproxy-local',
  task: 'intercept',
  tags: ['tproxy'],
  title: 'TPROXY intercepts what its own host sends',
  requirement:
    'What leaves the host is marked, routed back in over lo and given to Envoy there, and no address of any packet is rewritten.',
  purpose: 'Gives Envoy, without NAT, what programs on its own host send.',
  origin: {
    chapter: 'tproxy-outgoing',
    changed:
      'New: TPROXY works on what comes in, so what goes out is marked, routed back over lo and taken there; the owner of a connection is asked once, when it opens.',
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.http } } }),
  envoy: { config: 'tproxy-outgoing.yaml', ...transparent },
  // TPROXY works in PREROUTING only; a mark set in OUTPUT makes the kernel route a packet anew. The
  // owner is matched once a connection: the last packets of a closed socket have no owner.
  netfilter: `
    *mangle
    :DIVERT - [0:0]
    -A OUTPUT -p tcp --dport 80 -m conntrack --ctstate NEW -m owner ! --uid-owner ${transparent.uid} -m comment --comment "${RULE.choose}" -j CONNMARK --set-mark 0x1
    -A OUTPUT -p tcp --dport 80 -m connmark --mark 0x1 -m comment --comment "${RULE.loop}" -j MARK --set-mark 0x1
    -A PREROUTING -i lo -p tcp -m socket --transparent -m comment --comment "${RULE.divert}" -j DIVERT
    -A DIVERT -m comment --comment "look at no further rule" -j ACCEPT
    -A PREROUTING -i lo -p tcp --dport 80 -m mark --mark 0x1 -m comment --comment "${RULE.capture}" -j TPROXY --on-port ${PORTS.listener} --tproxy-mark 0x1/0x1
    COMMIT
    *filter
    -A OUTPUT -p tcp --dport ${PORTS.listener} -m owner --uid-owner ${transparent.uid} -m comment --comment "${RULE.guard}" -j REJECT --reject-with tcp-reset
    COMMIT`,
  routing: [MARK_LOOKUP, LOCAL_TABLE],
  needs: ['tproxy', 'owner', 'conntrack'],
});

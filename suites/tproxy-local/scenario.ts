import { PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';
import { LOCAL_TABLE, MARK_LOOKUP, transparent } from '../shared/tproxy/rules.ts';

export const RULE = {
  select: "select new HTTP connections, except Envoy's own",
  mark: 'mark packets of selected connections',
  divert: 'divert packets of open transparent sockets',
  capture: 'capture marked HTTP packets',
  guard: "reject Envoy's connections to itself",
} as const;

export const tproxyLocal = scenario({
  slug: 'tproxy-local',
  task: 'intercept',
  tags: ['tproxy'],
  title: "TPROXY for connections of programs on Envoy's own host",
  requirement:
    "Packets that leave the host are marked, routed back in over lo and delivered to Envoy there, and no packet address is translated. A guard rule rejects Envoy's connections to its own listener.",
  purpose: 'Intercepts HTTP connections of programs on the same host as Envoy, without NAT.',
  origin: {
    chapter: 'tproxy-outgoing',
    changed:
      'Added: TPROXY works on incoming packets only, so outgoing ones are marked, routed back over lo and captured there. The owner of a connection is matched once, when it opens.',
  },
  topology: sameHost({
    upstreams: { upstream: { port: PORTS.http } },
    // A new namespace has the setting of the machine.
    sysctls: { 'net.ipv4.ip_forward': '0' },
  }),
  envoy: { config: 'tproxy-outgoing.yaml', ...transparent },
  // TPROXY works in PREROUTING only, iptables-extensions(8). A mark set in OUTPUT makes the kernel route
  // the packet again. The owner is matched once per connection: a closed socket's last packets have none.
  netfilter: `
    *mangle
    :DIVERT - [0:0]
    -A OUTPUT -p tcp --dport 80 -m conntrack --ctstate NEW -m owner ! --uid-owner ${transparent.uid} -m comment --comment "${RULE.select}" -j CONNMARK --set-mark 0x1
    -A OUTPUT -p tcp --dport 80 -m connmark --mark 0x1 -m comment --comment "${RULE.mark}" -j MARK --set-mark 0x1
    -A PREROUTING -i lo -p tcp -m socket --transparent -m comment --comment "${RULE.divert}" -j DIVERT
    -A DIVERT -m comment --comment "accept diverted packets" -j ACCEPT
    -A PREROUTING -i lo -p tcp --dport 80 -m mark --mark 0x1 -m comment --comment "${RULE.capture}" -j TPROXY --on-port ${PORTS.listener} --tproxy-mark 0x1/0x1
    COMMIT
    *filter
    -A OUTPUT -p tcp --dport ${PORTS.listener} -m owner --uid-owner ${transparent.uid} -m comment --comment "${RULE.guard}" -j REJECT --reject-with tcp-reset
    COMMIT`,
  routing: [MARK_LOOKUP, LOCAL_TABLE],
  needs: ['tproxy', 'owner', 'conntrack'],
});

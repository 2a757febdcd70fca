import { router, scenario } from '../fixtures/scenario.ts';
import { PORTS } from '../helpers/ports.ts';

/** The comments of the rules, by which claims name them. */
export const RULE = {
  open: 'divert packets of open sockets to Envoy',
  mark: 'mark them for the local table',
  accept: 'and look at no further rule',
  capture: 'give new HTTP connections to Envoy',
} as const;

export const MARK_LOOKUP = 'rule add fwmark 0x1 lookup 100';
export const LOCAL_TABLE = 'route add local 0.0.0.0/0 dev lo table 100';

/** What both TPROXY chapters stand up but for their Envoy config. */
export const tproxy = {
  topology: router({ upstreams: { upstream: { port: PORTS.http } } }),
  netfilter: `
    *mangle
    :DIVERT - [0:0]
    -A PREROUTING -p tcp -m socket --transparent -m comment --comment "${RULE.open}" -j DIVERT
    -A DIVERT -m comment --comment "${RULE.mark}" -j MARK --set-mark 0x1
    -A DIVERT -m comment --comment "${RULE.accept}" -j ACCEPT
    -A PREROUTING -p tcp --dport 80 -m comment --comment "${RULE.capture}" -j TPROXY --on-port ${PORTS.listener} --tproxy-mark 0x1/0x1
    COMMIT`,
  routing: [MARK_LOOKUP, LOCAL_TABLE],
  needs: ['tproxy', 'conntrack'] as const,
};

export const tproxyOutgoing = scenario({
  ...tproxy,
  slug: 'tproxy-outgoing',
  title: 'TPROXY intercepts without NAT',
  requirement:
    "Envoy answers for the address that was dialled and calls that address itself, and no packet's address is rewritten on the way.",
  // IP_TRANSPARENT asks for NET_ADMIN or NET_RAW (ip(7)); a user other than root would not keep either.
  envoy: { config: 'tproxy-outgoing.yaml', uid: 0, capabilities: ['NET_ADMIN'] },
  needs: [...tproxy.needs],
});

import { scenario } from '../../helpers/scenario/scenario.ts';
import { tproxy, transparent } from '../tproxy-outgoing/scenario.ts';

/** Policy routing of IPv6 is a database of its own. */
export const MARK_LOOKUP6 = '-6 rule add fwmark 0x1 lookup 100';

export const LOCAL_TABLE6 = '-6 route add local ::/0 dev lo table 100';

export const tproxyOutgoingIpv6 = scenario({
  ...tproxy,
  slug: 'tproxy-outgoing-ipv6',
  title: 'TPROXY intercepts without NAT, by IPv6 and by IPv4 on one listener',
  requirement:
    'One transparent listener on the IPv6 wildcard serves both families, each by its own rules and policy routing, and no address of any packet is rewritten.',
  purpose: 'Does for IPv6 what tproxy-outgoing does for IPv4, with one listener for both.',
  origin: {
    chapter: 'tproxy-outgoing',
    changed: 'New: the original has IPv4 alone. IPv6 has rules and policy routing of its own.',
  },
  envoy: { config: 'tproxy-outgoing-ipv6.yaml', ...transparent },
  netfilter6: tproxy.netfilter,
  routing: [...tproxy.routing, MARK_LOOKUP6, LOCAL_TABLE6],
  needs: [...tproxy.needs, 'ipv6'],
});

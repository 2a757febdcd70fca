import { scenario } from '../../helpers/scenario/scenario.ts';
import { LOCAL_TABLE6, MARK_LOOKUP6, tproxy, transparent } from '../shared/tproxy/rules.ts';

export const tproxyOutgoingIpv6 = scenario({
  ...tproxy,
  slug: 'tproxy-outgoing-ipv6',
  task: 'intercept',
  tags: ['ipv6', 'tproxy'],
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

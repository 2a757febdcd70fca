import { scenario } from '../../helpers/scenario/scenario.ts';
import { LOCAL_TABLE6, MARK_LOOKUP6, tproxy, transparent } from '../shared/tproxy/rules.ts';

export const tproxyOutgoingIpv6 = scenario({
  ...tproxy,
  slug: 'tproxy-outgoing-ipv6',
  task: 'intercept',
  tags: ['ipv6', 'tproxy'],
  title: 'TPROXY on a router over IPv6 and IPv4 on one listener',
  requirement:
    'One transparent listener on :: serves both IP families, each with its own rules and policy routing, and no packet address is translated.',
  purpose: 'Intercepts IPv6 on a router as tproxy-outgoing does IPv4, with one listener for both.',
  origin: {
    chapter: 'tproxy-outgoing',
    changed: 'Added: the original has IPv4 only. IPv6 has its own rules and policy routing.',
  },
  envoy: { config: 'tproxy-outgoing-ipv6.yaml', ...transparent },
  netfilter6: tproxy.netfilter,
  routing: [...tproxy.routing, MARK_LOOKUP6, LOCAL_TABLE6],
  needs: [...tproxy.needs, 'ipv6'],
});

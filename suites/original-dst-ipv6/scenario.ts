import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';
import { captureHttp } from '../shared/original-dst/rules.ts';

export const originalDstIpv6 = scenario({
  slug: 'original-dst-ipv6',
  task: 'intercept',
  tags: ['ipv6', 'redirect'],
  title: 'REDIRECT keeps the original destination, by IPv6 and by IPv4 on one listener',
  requirement:
    'One listener on the IPv6 wildcard serves both families, and Envoy connects to the address that the downstream dialled in its own family.',
  purpose: 'Does for IPv6 what original-dst does for IPv4, with one listener for both.',
  origin: {
    chapter: 'original-dst',
    changed:
      'New: the original has IPv4 alone. The same rules are loaded by ip6tables, and the listener is on the IPv6 wildcard and takes IPv4 too.',
  },
  topology: sameHost({ upstreams: { blue: { port: PORTS.http }, green: { port: PORTS.http } } }),
  request: ['curl', '--silent', '--include', 'http://[2001:db8:2::10]/'],
  envoy: { config: 'original-dst-ipv6.yaml', uid: ENVOY_UID },
  netfilter: captureHttp,
  netfilter6: captureHttp,
  needs: ['redirect', 'owner', 'conntrack', 'ipv6'],
});

import { sameHost, scenario } from '../fixtures/scenario.ts';
import { ENVOY_UID, PORTS } from '../helpers/ports.ts';
import { captureHttp } from './original-dst.scenario.ts';

export const originalDstIpv6 = scenario({
  slug: 'original-dst-ipv6',
  title: 'REDIRECT keeps the original destination, by IPv6 and by IPv4 on one listener',
  requirement:
    'One listener on the IPv6 wildcard serves both families, and Envoy connects to the address that the downstream dialled in its own family.',
  topology: sameHost({ upstreams: { blue: { port: PORTS.http }, green: { port: PORTS.http } } }),
  envoy: { config: 'original-dst-ipv6.yaml', uid: ENVOY_UID },
  netfilter: captureHttp,
  netfilter6: captureHttp,
  needs: ['redirect', 'owner', 'conntrack', 'ipv6'],
});

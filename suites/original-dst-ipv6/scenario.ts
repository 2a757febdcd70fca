import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';
import { captureHttp } from '../shared/original-dst/rules.ts';

export const originalDstIpv6 = scenario({
  slug: 'original-dst-ipv6',
  task: 'intercept',
  tags: ['ipv6', 'redirect'],
  title: 'REDIRECT and ORIGINAL_DST over IPv6 and IPv4 on one listener',
  requirement:
    "One listener on :: serves both IP families, and Envoy connects to the dialled address over the same family. A guard rule rejects Envoy's connections to its own listener.",
  purpose: 'Captures HTTP connections over IPv6 as original-dst does over IPv4, with one listener for both.',
  origin: {
    chapter: 'original-dst',
    changed:
      'Added: the original has IPv4 only. ip6tables loads the same rules, and the listener is on :: and accepts IPv4 too. Clusters with use_http_header and upstream_port_override show what link-local addresses need.',
  },
  topology: sameHost({ upstreams: { blue: { port: PORTS.http }, green: { port: PORTS.http } } }),
  request: ['curl', '--silent', '--include', 'http://[2001:db8:2::10]/'],
  envoy: { config: 'original-dst-ipv6.yaml', uid: ENVOY_UID },
  netfilter: captureHttp,
  netfilter6: captureHttp,
  needs: ['redirect', 'owner', 'conntrack', 'ipv6'],
});

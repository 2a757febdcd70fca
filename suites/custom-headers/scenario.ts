import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const customHeaders = scenario({
  slug: 'custom-headers',
  task: 'forward',
  tags: ['headers'],
  title: 'Envoy tells the upstream what it knows about a request',
  requirement:
    'The upstream receives what route, virtual host and route configuration add, in a fixed order, and nothing for what Envoy does not know yet.',
  purpose: 'Tells the upstream what Envoy knows about a request, in headers of your own naming.',
  origin: {
    chapter: 'custom-headers',
    changed:
      'Headers are added at three levels at once, so that their order shows, and each way of adding them is a claim, as is what Envoy does not know yet at that point.',
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'custom-headers.yaml', uid: ENVOY_UID },
});

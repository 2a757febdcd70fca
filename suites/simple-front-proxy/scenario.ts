import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const simpleFrontProxy = scenario({
  slug: 'simple-front-proxy',
  task: 'forward',
  tags: ['dns', 'local-replies'],
  title: 'A front proxy tells whether its upstream is there',
  requirement:
    'A downstream of Envoy gets the answer of the upstream while there is one, and one that Envoy wrote, naming the reason, while there is none.',
  purpose: 'The simplest Envoy: one listener, one route, one upstream, and an answer of its own while that is away.',
  origin: {
    chapter: 'simple-front-proxy',
    changed:
      'The upstream goes down and comes back in one run without another start of Envoy, and its name goes from DNS too.',
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'simple-front-proxy.yaml', uid: ENVOY_UID },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const simpleFrontProxy = scenario({
  slug: 'simple-front-proxy',
  task: 'forward',
  tags: ['dns', 'local-replies'],
  title: 'Front proxy: one listener, one route, one upstream',
  requirement:
    "Envoy forwards the upstream's response while the upstream is reachable, and returns a 503 with the reason in its response flags while it is not.",
  purpose:
    'Shows the smallest Envoy config (one listener, one route, one upstream) and what Envoy returns while the upstream is unavailable.',
  origin: {
    chapter: 'simple-front-proxy',
    changed:
      "The upstream stops and starts again in one run without an Envoy restart, and the upstream's name is removed from DNS too.",
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'simple-front-proxy.yaml', uid: ENVOY_UID },
});

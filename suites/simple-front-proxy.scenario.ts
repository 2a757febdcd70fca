import { sameHost, scenario } from '../fixtures/scenario.ts';
import { ENVOY_UID, PORTS } from '../helpers/ports.ts';

export const simpleFrontProxy = scenario({
  slug: 'simple-front-proxy',
  title: 'A front proxy tells whether its upstream is there',
  requirement:
    'A downstream of Envoy gets the answer of the upstream while there is one, and one that Envoy wrote, naming the reason, while there is none.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'simple-front-proxy.yaml', uid: ENVOY_UID },
});

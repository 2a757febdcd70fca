import { sameHost, scenario } from '../fixtures/scenario.ts';
import { ENVOY_UID, PORTS } from '../helpers/ports.ts';

export const customHeaders = scenario({
  slug: 'custom-headers',
  title: 'Envoy tells the upstream what it knows about a request',
  requirement:
    'The upstream receives what route, virtual host and route configuration add, in a fixed order, and nothing for what Envoy does not know yet.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'custom-headers.yaml', uid: ENVOY_UID },
});

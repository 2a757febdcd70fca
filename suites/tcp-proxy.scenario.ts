import { sameHost, scenario } from '../fixtures/scenario.ts';
import { ENVOY_UID, PORTS } from '../helpers/ports.ts';

export const tcpProxy = scenario({
  slug: 'tcp-proxy',
  title: 'A TCP proxy passes bytes on, whatever they are',
  requirement:
    'What either side sends reaches the other unchanged, the end of each half of a connection too, and nothing is added; without an upstream a connection is taken and closed again.',
  topology: sameHost({
    upstreams: { upstream: { port: PORTS.upstream }, bytes: { port: PORTS.upstream, speaks: 'bytes' } },
  }),
  envoy: { config: 'tcp-proxy.yaml', uid: ENVOY_UID },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const tcpProxy = scenario({
  slug: 'tcp-proxy',
  task: 'forward',
  tags: ['tcp', 'tls'],
  title: 'A TCP proxy passes bytes on, whatever they are',
  requirement:
    'What either side sends reaches the other unchanged, the end of each half of a connection too, and nothing is added; without an upstream a connection is taken and closed again.',
  purpose: 'Passes bytes on whatever they are, where Envoy does not have to understand them.',
  origin: {
    chapter: 'tcp-proxy',
    changed:
      'An upstream that speaks no HTTP shows that bytes pass unchanged. What the original says of its speed is measured: `npm run bigbook -- bench proxies`.',
  },
  topology: sameHost({
    upstreams: { upstream: { port: PORTS.upstream }, bytes: { port: PORTS.upstream, speaks: 'bytes' } },
  }),
  envoy: { config: 'tcp-proxy.yaml', uid: ENVOY_UID },
});

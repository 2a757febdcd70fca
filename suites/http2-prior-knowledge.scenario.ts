import { sameHost, scenario } from '../fixtures/scenario.ts';
import { ENVOY_UID, PORTS } from '../helpers/ports.ts';

export const http2PriorKnowledge = scenario({
  slug: 'http2-prior-knowledge',
  title: 'One plain port takes HTTP/1.1 and HTTP/2',
  requirement:
    'Who speaks HTTP/2 from the first byte is answered in HTTP/2, who speaks HTTP/1.1 in that, and the upstream meets HTTP/1.1 either way.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'http2-prior-knowledge.yaml', uid: ENVOY_UID },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const http2PriorKnowledge = scenario({
  slug: 'http2-prior-knowledge',
  task: 'forward',
  tags: ['http2'],
  title: 'One plain port takes HTTP/1.1 and HTTP/2',
  requirement:
    'Who speaks HTTP/2 from the first byte is answered in HTTP/2, who speaks HTTP/1.1 in that, and the upstream meets HTTP/1.1 either way.',
  purpose: 'Speaks HTTP/2 on a plain port with clients that begin with it, as gRPC does inside a network.',
  origin: {
    chapter: 'simple-front-proxy',
    changed:
      'New: the front proxy with a listener that tells by the first bytes which version of HTTP it is spoken to in.',
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  request: ['curl', '--silent', '--include', '--http2-prior-knowledge', `http://127.0.0.1:${PORTS.listener}/`],
  envoy: { config: 'http2-prior-knowledge.yaml', uid: ENVOY_UID },
});

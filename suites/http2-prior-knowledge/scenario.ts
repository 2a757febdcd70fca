import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const http2PriorKnowledge = scenario({
  slug: 'http2-prior-knowledge',
  task: 'forward',
  tags: ['http2'],
  title: 'HTTP/1.1 and HTTP/2 with prior knowledge on one plaintext port',
  requirement:
    'A client that starts with the HTTP/2 preface gets HTTP/2 and a client that starts with HTTP/1.1 gets HTTP/1.1; the upstream receives HTTP/1.1 from both.',
  purpose: 'Accepts HTTP/2 without TLS from clients that start with it, as gRPC clients inside a network do.',
  origin: {
    chapter: 'simple-front-proxy',
    changed: 'New: the front proxy with a listener that detects the HTTP version from the first bytes of a connection.',
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  request: ['curl', '--silent', '--include', '--http2-prior-knowledge', `http://127.0.0.1:${PORTS.listener}/`],
  envoy: { config: 'http2-prior-knowledge.yaml', uid: ENVOY_UID },
});

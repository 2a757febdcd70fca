import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const http2UpstreamResets = scenario({
  slug: 'http2-upstream-resets',
  task: 'forward',
  tags: ['http2', 'local-replies'],
  title: 'HTTP/2 to the upstream: resets before, within and after a response',
  requirement:
    "Envoy turns an upstream's reset into a retry, a response or a reset of the downstream, and resets the stream of an upload that ends early.",
  purpose: 'Shows with which codes an HTTP/2 upstream may reset a stream, and what the client gets for each of them.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'http2-upstream-resets.yaml', uid: ENVOY_UID },
  request: ['curl', '--silent', '--include', '--http2-prior-knowledge', `http://127.0.0.1:${PORTS.listener}/`],
});

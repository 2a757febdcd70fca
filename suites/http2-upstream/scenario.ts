import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const http2Upstream = scenario({
  slug: 'http2-upstream',
  task: 'forward',
  tags: ['http2', 'tls'],
  title: 'HTTP/2 to the upstream: resets, GOAWAY, settings and gRPC',
  requirement:
    "Envoy forwards requests over HTTP/2, turns the upstream's resets into responses or resets of the downstream, and takes no new request to a connection that the upstream is closing.",
  purpose: 'Shows which frames an HTTP/2 or gRPC upstream may send, and what the client gets for each of them.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream, httpsPort: PORTS.https } } }),
  envoy: { config: 'http2-upstream.yaml', uid: ENVOY_UID },
  request: ['curl', '--silent', '--include', '--http2-prior-knowledge', `http://127.0.0.1:${PORTS.listener}/`],
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const http2Upstream = scenario({
  slug: 'http2-upstream',
  task: 'forward',
  tags: ['http2', 'tls'],
  title: 'HTTP/2 to the upstream: trailers, TLS, GOAWAY, settings and gRPC',
  requirement:
    'Envoy forwards requests and trailers over HTTP/2, takes no new request to a connection that the upstream is closing, and answers failed gRPC requests with a grpc-status.',
  purpose:
    'Shows what an HTTP/2 or gRPC upstream receives, and what the client gets of its responses, trailers and GOAWAY.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream, httpsPort: PORTS.https } } }),
  envoy: { config: 'http2-upstream.yaml', uid: ENVOY_UID },
  request: ['curl', '--silent', '--include', '--http2-prior-knowledge', `http://127.0.0.1:${PORTS.listener}/`],
});

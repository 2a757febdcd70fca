import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const http2Malformed = scenario({
  slug: 'http2-malformed',
  task: 'forward',
  tags: ['http2', 'headers'],
  title: 'Malformed HTTP/2 requests and frames that break the protocol',
  requirement:
    'Envoy closes a connection whose headers are malformed or whose frames break the protocol, or resets the stream where the config says so; the upstream receives none of these requests.',
  purpose:
    'Shows which malformed requests and frames a front proxy refuses, and what the client and the operator see then.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'http2-malformed.yaml', uid: ENVOY_UID },
  request: ['curl', '--silent', '--include', '--http2-prior-knowledge', `http://127.0.0.1:${PORTS.listener}/`],
});

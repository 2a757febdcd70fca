import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const http2Limits = scenario({
  slug: 'http2-limits',
  task: 'forward',
  tags: ['http2', 'headers'],
  title: 'Limits of HTTP/2: counts and sizes of headers, streams, floods and rapid resets',
  requirement:
    'Envoy resets a stream whose headers exceed a limit, and closes a connection whose frames are a flood; the upstream receives none of these requests.',
  purpose:
    'Shows how many headers, streams and frames a front proxy accepts, and what the client and the operator see at a limit.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'http2-limits.yaml', uid: ENVOY_UID },
  request: ['curl', '--silent', '--include', '--http2-prior-knowledge', `http://127.0.0.1:${PORTS.listener}/`],
});

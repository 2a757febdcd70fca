import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

const UNTIL_DENIED = Array<string>(3).fill(`http://127.0.0.1:${PORTS.listener}/limited`);

export const localRatelimit = scenario({
  slug: 'local-ratelimit',
  task: 'authorize',
  tags: ['headers', 'local-replies', 'rate-limit'],
  title: 'Local rate limit: token buckets in the memory of Envoy',
  requirement:
    'Each request takes a token from the bucket of its route. Envoy forwards the request while a token is left and returns 429 when the bucket is empty.',
  purpose: 'Limits requests per route, header value or connection without a rate limit service.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'local-ratelimit.yaml', uid: ENVOY_UID },
  request: ['curl', '--silent', '--include', ...UNTIL_DENIED],
});

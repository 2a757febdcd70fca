import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { underLimit } from '../../helpers/scenario/answers.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const rateLimitService = scenario({
  slug: 'rate-limit',
  task: 'authorize',
  tags: ['rate-limit', 'headers', 'local-replies'],
  title: 'Global rate limits: a rate limit service counts requests',
  requirement:
    'Envoy sends the descriptors of a request to the rate limit service, and forwards the request unless the service answers OVER_LIMIT.',
  purpose:
    'Limits requests across many proxies: Envoy describes each request, and one service decides by its own counters.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'rate-limit.yaml', uid: ENVOY_UID },
  stubs: { rateLimit: underLimit() },
});

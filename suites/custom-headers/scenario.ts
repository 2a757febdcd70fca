import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const customHeaders = scenario({
  slug: 'custom-headers',
  task: 'forward',
  tags: ['headers'],
  title: 'Request headers added by route, virtual host and route configuration',
  requirement:
    'The upstream receives the headers that route, virtual host and route configuration add, in a fixed order. A header whose command operator has no value yet is left out.',
  purpose:
    'Passes facts about a request, such as its client address and start time, to the upstream in headers of your choice.',
  origin: {
    chapter: 'custom-headers',
    changed:
      "Headers are added on three levels at once, so their order is visible. Each append_action is asserted, and so are command operators that have no value yet. The original's listener is transparent, restores the original destination and ends idle connections after 1 s; none of it has an effect on headers, and it is left out.",
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'custom-headers.yaml', uid: ENVOY_UID },
});

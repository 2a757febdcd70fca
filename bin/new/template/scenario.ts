import { ENVOY_UID, PORTS } from '../../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../../helpers/scenario/scenario.ts';

export const myChapterScenario = scenario({
  slug: 'my-chapter',
  task: 'forward',
  tags: ['local-replies'],
  title: 'An HTTP proxy in front of one upstream',
  requirement: 'A request to the listener gets the reply of the upstream, and 503 while the upstream is down.',
  purpose: 'Describe in a sentence or two what a reader learns here.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'my-chapter.yaml', uid: ENVOY_UID },
});

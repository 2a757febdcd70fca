import { ENVOY_UID, PORTS } from '../../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../../helpers/scenario/scenario.ts';

export const myChapterScenario = scenario({
  slug: 'my-chapter',
  task: 'forward',
  tags: ['local-replies'],
  title: 'HTTP proxy in front of one upstream',
  requirement: "Envoy returns the upstream's response, and 503 while the upstream is stopped.",
  purpose: 'Describe in one or two sentences what the reader learns in this chapter.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'my-chapter.yaml', uid: ENVOY_UID },
});

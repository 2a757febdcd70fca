import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The listeners and their ports. */
export const LISTENERS = { ingress: PORTS.listener, mapped: 4998, plain: 4997 } as const;

export const responseHeaders = scenario({
  slug: 'response-headers',
  task: 'forward',
  tags: ['headers', 'local-replies'],
  title: 'Response headers and local replies',
  requirement:
    'Headers that route, virtual host and route configuration add or remove reach every response that the level has a say in. A local reply has the status, headers and body that local_reply_config gives it.',
  purpose: 'Shows which responses added headers reach, also where Envoy answers by itself.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'response-headers.yaml', uid: ENVOY_UID },
});

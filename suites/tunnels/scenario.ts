import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { listener } from '../../helpers/envoy/select.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The ports of the listeners that open tunnels, and of the HTTP proxy in front of one. */
export const TUNNELS = { http2: 4998, http1: 4997, front: 4996 } as const;

/** The listener whose router the claims of early bytes change, and the option. */
export const listenerOfFilter = listener('ingress');
export const EARLY_DATA_OPTION = 'reject_connect_request_early_data';

export const tunnels = scenario({
  slug: 'tunnels',
  task: 'forward',
  tags: ['connect', 'http2', 'tcp'],
  title: 'CONNECT tunnels: bytes, half-closes and resets through two hops',
  requirement:
    'Bytes of either side reach the other one through a CONNECT tunnel, over HTTP/1.1 and HTTP/2. A tunnel that ends delivers what was sent before.',
  purpose: 'Carries TCP connections in HTTP requests, with Envoy as the client, as the end of the tunnel, or as both.',
  topology: sameHost({
    upstreams: {
      upstream: { port: PORTS.upstream },
      bytes: { port: PORTS.upstream, protocol: 'tcp' },
    },
  }),
  envoy: { config: 'tunnels.yaml', uid: ENVOY_UID },
  request: [
    'curl',
    '--silent',
    '--include',
    '--proxytunnel',
    '--proxy',
    `http://127.0.0.1:${PORTS.listener}`,
    'http://upstream:5000/',
  ],
});

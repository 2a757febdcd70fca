import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The port of the front proxy's listener, and of its admin pages. */
export const FRONT = { listenerPort: 10_000, adminPort: 9901 };

export const STATUS_PAGE = 'all systems go\n';

export const twoHops = scenario({
  slug: 'two-hops',
  task: 'forward',
  tags: ['dns', 'local-replies'],
  title: 'Two hops: a front proxy and the sidecar of an application',
  requirement:
    "A request passes the front proxy and the sidecar before it reaches the application; while the application is stopped, the front proxy passes the sidecar's 503 on.",
  purpose:
    'Shows which of two Envoys in a row did what, by the access log of each. With --sidecar-envoy the two are of different versions, as during an upgrade.',
  topology: sameHost({
    upstreams: {
      'catalogue-service': {
        port: PORTS.upstream,
        sidecar: { config: 'two-hops-sidecar.yaml', uid: ENVOY_UID },
      },
    },
  }),
  envoy: {
    config: 'two-hops.yaml',
    uid: ENVOY_UID,
    files: { '/etc/envoy/status.txt': STATUS_PAGE },
    ...FRONT,
  },
});

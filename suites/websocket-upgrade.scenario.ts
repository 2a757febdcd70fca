import { sameHost, scenario } from '../fixtures/scenario.ts';
import { ENVOY_UID, PORTS } from '../helpers/ports.ts';

export const websocketUpgrade = scenario({
  slug: 'websocket-upgrade',
  title: 'A WebSocket passes where the route allows it',
  requirement:
    'Envoy refuses an upgrade that no route allows; one that it allows is the upstream’s to grant or to decline, and what is granted passes unchanged both ways.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'websocket-upgrade.yaml', uid: ENVOY_UID },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const websocketUpgrade = scenario({
  slug: 'websocket-upgrade',
  task: 'forward',
  tags: ['websocket'],
  title: 'A WebSocket passes where the route allows it',
  requirement:
    'Envoy refuses an upgrade that no route allows; one that it allows is the upstream’s to grant or to decline, and what is granted passes unchanged both ways.',
  purpose: 'Lets WebSockets through where they are wanted, and nowhere else.',
  origin: {
    chapter: 'simple-front-proxy',
    changed: 'New: the front proxy with two routes, of which one allows upgrades.',
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'websocket-upgrade.yaml', uid: ENVOY_UID },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const websocketUpgrade = scenario({
  slug: 'websocket-upgrade',
  task: 'forward',
  tags: ['websocket'],
  title: 'WebSocket upgrades on routes with upgrade_configs',
  requirement:
    'Envoy rejects an upgrade on a route without upgrade_configs. With them the upstream accepts or declines it, and an accepted connection passes unchanged in both directions.',
  purpose: 'Allows WebSockets on the routes that need them and rejects them on all others.',
  origin: {
    chapter: 'simple-front-proxy',
    changed: 'New: the front proxy with two routes, one of which allows upgrades.',
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'websocket-upgrade.yaml', uid: ENVOY_UID },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const drain = scenario({
  slug: 'drain',
  task: 'forward',
  tags: ['drain'],
  title: 'Draining: what clients see before Envoy is replaced',
  requirement:
    'A drained listener refuses new connections, and a client on a kept-alive connection gets its response; with a failed health check, every response announces the end of its connection.',
  purpose: 'Shows how the admin pages drain Envoy before it is replaced, and how clients notice.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  // The default strategy, gradual, announces the end to a random share of connections.
  envoy: { config: 'drain.yaml', uid: ENVOY_UID, args: ['--drain-strategy', 'immediate'] },
});

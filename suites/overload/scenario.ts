import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The listeners and their ports, each named by what it limits. */
export const LISTENERS = {
  ingress: PORTS.listener,
  bytes: PORTS.bytesListener,
  filtered: 4997,
  runtime: 4996,
  sizes: 4995,
} as const;

export const overload = scenario({
  slug: 'overload',
  task: 'forward',
  tags: ['http2', 'tcp'],
  title: 'Overload: circuit breakers, and limits of connections and sizes',
  requirement:
    'What exceeds a limit is refused at once with the status, flags and counter of that limit; what is within it is served, and is served again once the limit is no longer reached.',
  purpose: 'Protects upstreams and Envoy from more requests, connections and bytes than they can hold.',
  topology: sameHost({
    upstreams: {
      upstream: { port: PORTS.upstream },
      bytes: { port: PORTS.upstream, protocol: 'tcp' },
    },
  }),
  envoy: { config: 'overload.yaml', uid: ENVOY_UID },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The listeners and their ports, each named by its access log. */
export const LISTENERS = {
  ingress: PORTS.listener,
  bytes: 4998,
  json: 4997,
  sparse: 4996,
  filtered: 4995,
  typed: 4994,
  'typed-bytes': 4993,
  upstream: 4992,
} as const;

export const accessLog = scenario({
  slug: 'access-log',
  task: 'forward',
  tags: ['local-replies', 'tcp'],
  title: 'Access logs: the default format, JSON, filters and types of entries',
  requirement:
    'Each request and each TCP connection has one line in an access log, whose fields have exact values also where no response was sent. Filters and options choose further lines.',
  purpose: 'Shows what the lines of an access log say, for programs that count or search them after an upgrade.',
  topology: sameHost({
    upstreams: { upstream: { port: PORTS.upstream }, bytes: { port: PORTS.upstream, protocol: 'tcp' } },
  }),
  envoy: { config: 'access-log.yaml', uid: ENVOY_UID },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The listeners and their ports, each named by what it limits. */
export const LISTENERS = {
  ingress: PORTS.listener,
  internal: 4998,
  idle: 4997,
  request: 4996,
  headers: 4995,
  stream: 4994,
} as const;

export const timeouts = scenario({
  slug: 'timeouts',
  task: 'forward',
  tags: ['local-replies', 'websocket'],
  title: 'Timeouts of requests: which limit ends a request or an upgrade',
  requirement: 'Each time limit ends a request with its own status, response flags, details and counter.',
  purpose: 'Shows the sign of each timeout, so that a status or a counter names the limit that was reached.',
  request: ['curl', '--silent', '--include', `http://127.0.0.1:${LISTENERS.ingress}/`],
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'timeouts.yaml', uid: ENVOY_UID },
});

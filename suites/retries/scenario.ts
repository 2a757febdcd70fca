import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The listeners and their ports. */
export const LISTENERS = { ingress: PORTS.listener, internal: 4998 } as const;

export const retries = scenario({
  slug: 'retries',
  task: 'forward',
  tags: ['headers'],
  title: 'Retries: which failures of a request Envoy retries',
  requirement: 'A retry policy retries the failures that it names, up to its number of retries, and no others.',
  purpose:
    'Shows which responses, resets and refused connections a value of retry_on covers, and how the access log and counters report retries.',
  request: ['curl', '--silent', '--include', `http://127.0.0.1:${LISTENERS.ingress}/retried/refused`],
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'retries.yaml', uid: ENVOY_UID },
});

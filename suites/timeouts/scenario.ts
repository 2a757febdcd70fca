import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The listeners and their ports, each named by what it limits. */
export const LISTENERS = {
  ingress: PORTS.listener,
  bytes: PORTS.bytesListener,
  idle: 4997,
  request: 4996,
  headers: 4995,
  age: 4994,
  'keep-alive': 4993,
  count: 4992,
  stream: 4991,
  'bytes-age': 4990,
  'bytes-dropped': 4989,
  internal: 4988,
  'delayed-close': 4987,
} as const;

export const RULE = 'drop connections to port 5001';

export const timeouts = scenario({
  slug: 'timeouts',
  task: 'forward',
  tags: ['tcp', 'websocket'],
  title: 'Timeouts and retries: which limit ends a request or a connection',
  requirement:
    'Each time limit ends a request or a connection with its own status, response flags, details and counter. A retry policy repeats the failures that it names, and no others.',
  purpose: 'Shows the sign of each timeout, so that a status or a counter names the limit that was reached.',
  request: ['curl', '--silent', '--include', `http://127.0.0.1:${LISTENERS.ingress}/`],
  topology: sameHost({
    upstreams: {
      upstream: { port: PORTS.upstream },
      bytes: { port: PORTS.upstream, protocol: 'tcp' },
    },
  }),
  netfilter: `*filter
-A OUTPUT -p tcp --dport 5001 --syn -m comment --comment "${RULE}" -j DROP
COMMIT`,
  envoy: { config: 'timeouts.yaml', uid: ENVOY_UID },
});

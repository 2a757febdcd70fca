import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The listeners and their ports, each named by what it limits. */
export const LISTENERS = {
  ingress: PORTS.listener,
  bytes: PORTS.bytesListener,
  age: 4997,
  'keep-alive': 4996,
  count: 4995,
  'delayed-close': 4994,
  'bytes-age': 4993,
  'bytes-dropped': 4992,
} as const;

export const RULE = 'drop connections to port 5001';

export const connectionTimeouts = scenario({
  slug: 'connection-timeouts',
  task: 'forward',
  tags: ['http2', 'tcp'],
  title: 'Timeouts of connections: which limit closes a connection or ends an attempt to connect',
  requirement: 'Each limit of a connection closes it, or ends the attempt to establish it, and moves its own counter.',
  purpose:
    'Shows the sign of each limit of connections from downstreams and to upstreams, so that a counter names the limit that was reached.',
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
  envoy: { config: 'connection-timeouts.yaml', uid: ENVOY_UID },
});

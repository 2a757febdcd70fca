import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The port of the listener that expects a PROXY protocol header. */
export const PROXIED_LISTENER = 4997;

export const connectionEnds = scenario({
  slug: 'connection-ends',
  task: 'forward',
  tags: ['tcp', 'tls', 'websocket'],
  title: 'Connection ends: half-closes, resets, partial and early responses',
  requirement:
    'Where one side ends, resets, pauses or delays a connection, the other side sees the effect that its protocol provides, and the access log names the cause.',
  purpose: 'Shows how Envoy passes on what interrupts a connection or a message, seen from both sides.',
  topology: sameHost({
    upstreams: {
      upstream: { port: PORTS.upstream, httpsPort: PORTS.https },
      bytes: { port: PORTS.upstream, protocol: 'tcp' },
    },
    // A receive buffer does not grow beyond 1 MiB (tcp(7)), so that what claims send does not fit into all buffers.
    sysctls: { 'net.ipv4.tcp_rmem': '4096 131072 1048576' },
  }),
  envoy: { config: 'connection-ends.yaml', uid: ENVOY_UID },
});

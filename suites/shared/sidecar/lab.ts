import { ADDRESSES } from '../../../helpers/constants/addresses.ts';
import { PORTS } from '../../../helpers/constants/ports.ts';
import { pod } from '../../../helpers/scenario/scenario.ts';
import { upstreams } from './rules.ts';

/** A pod with an app, Envoy and a peer, and the request of the peer to the app. */
export const SIDECAR_LAB = {
  task: 'intercept',
  topology: pod({
    upstreams,
    // Containers may bind any port, as with most engines.
    sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
    addresses: [ADDRESSES.towardsDownstream.ipv4],
  }),
  request: ['curl', '--silent', '--include', `http://${ADDRESSES.towardsDownstream.ipv4}:${PORTS.upstream}/`],
} satisfies { task: 'intercept'; topology: object; request: [string, ...string[]] };

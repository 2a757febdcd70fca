import { upstreamAddress } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { router, scenario } from '../../helpers/scenario/scenario.ts';
import { LOCAL_TABLE, MARK_LOOKUP, transparent } from '../shared/tproxy/rules.ts';

/** Rule comments, by which claims and faults refer to rules. */
export const RULE = { bytes: 'capture connections to port 80', http: 'capture connections to port 5000' } as const;

const capture = (port: number, to: number, comment: string): string =>
  `-A PREROUTING -p tcp --dport ${port} -m comment --comment "${comment}" -j TPROXY --on-port ${to} --tproxy-mark 0x1/0x1`;

export const connectionEndsTproxy = scenario({
  slug: 'connection-ends-tproxy',
  task: 'intercept',
  tags: ['tproxy', 'tcp'],
  title: 'Connection ends through TPROXY: half-closes, resets and early responses',
  requirement:
    "Where one side ends or resets a captured connection, the other side sees what it would see of a connection to Envoy's listener itself.",
  purpose: 'Shows that capturing connections with TPROXY changes nothing about how they end.',
  request: ['curl', '--silent', '--include', `http://${upstreamAddress(0).ipv4}:${PORTS.upstream}/`],
  topology: router({
    upstreams: { upstream: { port: PORTS.upstream }, bytes: { port: PORTS.http, protocol: 'tcp' } },
  }),
  envoy: { config: 'connection-ends-tproxy.yaml', ...transparent },
  // TPROXY finds the open socket of a connection, so each of its packets matches.
  netfilter: `
    *mangle
    ${capture(PORTS.http, PORTS.listener, RULE.bytes)}
    ${capture(PORTS.upstream, PORTS.bytesListener, RULE.http)}
    COMMIT`,
  routing: [MARK_LOOKUP, LOCAL_TABLE],
  needs: ['tproxy'],
});

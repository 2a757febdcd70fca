import { upstreamAddress } from '../../helpers/constants/addresses.ts';
import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** Rule comments, by which claims and faults refer to rules. */
export const RULE = {
  bytes: "capture connections to port 80, except Envoy's own connections",
  http: "capture connections to port 5000, except Envoy's own connections",
} as const;

const capture = (port: number, to: number, comment: string): string =>
  `-A OUTPUT -p tcp --dport ${port} -m owner ! --uid-owner ${ENVOY_UID} -m comment --comment "${comment}" -j REDIRECT --to-ports ${to}`;

export const connectionEndsRedirect = scenario({
  slug: 'connection-ends-redirect',
  task: 'intercept',
  tags: ['redirect', 'tcp'],
  title: 'Connection ends through REDIRECT: half-closes, resets and early responses',
  requirement:
    "Where one side ends or resets a captured connection, the other side sees what it would see of a connection to Envoy's listener itself.",
  purpose: 'Shows that capturing connections with REDIRECT changes nothing about how they end.',
  request: ['curl', '--silent', '--include', `http://${upstreamAddress(0).ipv4}:${PORTS.upstream}/`],
  topology: sameHost({
    upstreams: { upstream: { port: PORTS.upstream }, bytes: { port: PORTS.http, protocol: 'tcp' } },
  }),
  envoy: { config: 'connection-ends-redirect.yaml', uid: ENVOY_UID },
  netfilter: `
    *nat
    ${capture(PORTS.http, PORTS.listener, RULE.bytes)}
    ${capture(PORTS.upstream, PORTS.bytesListener, RULE.http)}
    COMMIT`,
  needs: ['redirect', 'owner'],
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** How often Envoy may call itself before the lab ends it. */
export const MOST_CALLS = 8;

export const RULE = {
  http: "capture HTTP, but not Envoy's own",
  tls: "capture TLS, but not Envoy's own",
  /** Loaded by a claim alone. */
  all: "capture Envoy's own HTTP as well",
  guard: 'keep Envoy from calling itself without end',
} as const;

export const forwardProxy = scenario({
  slug: 'forward-proxy',
  task: 'intercept',
  tags: ['dns', 'dynamic_forward_proxy', 'redirect', 'tls'],
  title: 'Programs that know of no proxy are made to use one',
  requirement:
    'What programs send to port 80 goes through Envoy to the host that its Host header names, and to port 443, unopened, to the address that was dialled; without Envoy neither goes anywhere.',
  purpose:
    'Sends the HTTP of programs that were never told of a proxy through Envoy, by a rule on their own machine: to log it, to limit it, or to decide about it in one place.',
  origin: {
    chapter: 'forward-proxy',
    changed:
      "The rule for port 443 leads to a listener that passes TLS on unopened, where the original leads to a port on which nothing listens. New are the upstreams that name themselves, a resolver of the lab's own, so that a name that is unknown is unknown at once, and a guard that ends the loop which Envoy would make of its own connections.",
  },
  topology: sameHost({
    upstreams: {
      blue: { port: PORTS.http, httpsPort: PORTS.https },
      green: { port: PORTS.upstream, httpsPort: PORTS.https },
      bytes: { port: PORTS.upstream, speaks: 'bytes' },
    },
  }),
  envoy: { config: 'forward-proxy.yaml', uid: ENVOY_UID },
  // Envoy does not detect loops. Without a guard it opens about a thousand connections to itself.
  netfilter: `
    *nat
    -A OUTPUT -p tcp --dport 80 -m owner ! --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.http}" -j REDIRECT --to-ports ${PORTS.listener}
    -A OUTPUT -p tcp --dport 443 -m owner ! --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.tls}" -j REDIRECT --to-ports ${PORTS.tlsListener}
    COMMIT
    *filter
    -A OUTPUT -p tcp --dport ${PORTS.listener} -m owner --uid-owner ${ENVOY_UID} -m conntrack --ctstate NEW -m connlimit --connlimit-above ${MOST_CALLS} --connlimit-mask 0 -m comment --comment "${RULE.guard}" -j REJECT --reject-with tcp-reset
    COMMIT`,
  needs: ['redirect', 'owner', 'conntrack'],
});

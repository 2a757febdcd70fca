import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** How many connections Envoy may open to itself before the guard rule refuses further ones. */
export const MAX_SELF_CONNECTIONS = 8;

/** A name that one claim uses. */
export const ONCE = 'once.test';

export const RULE = {
  http: "capture HTTP, but not Envoy's own",
  tls: "capture TLS, but not Envoy's own",
  /** Added by one claim. */
  all: "capture Envoy's own HTTP too",
  guard: "limit Envoy's connections to itself",
} as const;

export const forwardProxy = scenario({
  slug: 'forward-proxy',
  task: 'intercept',
  tags: ['dns', 'dynamic_forward_proxy', 'redirect', 'tls'],
  title: 'Forward proxy: intercepted traffic on ports 80 and 443',
  requirement:
    "Envoy forwards a request to port 80 to the host that its Host header names, and passes a TLS connection to port 443 through to its original destination. While Envoy is stopped, both ports refuse connections. A guard rule limits Envoy's connections to its own listener, which ends a loop.",
  purpose: 'Redirects outgoing HTTP and TLS of programs without proxy settings to Envoy, by rules on their own host.',
  origin: {
    chapter: 'forward-proxy',
    changed:
      "The REDIRECT rule for port 443 leads to a listener that passes TLS through; in the original no process listens on its target port. New are upstreams that name themselves in each response, a DNS resolver inside the lab, so that an unknown name fails at once, and a guard rule that ends the loop which Envoy's own redirected connections would start. In the original, Envoy runs as root, and the rules exempt uid 0; here both are uid 101, so that clients of root are captured too.",
  },
  topology: sameHost({
    upstreams: {
      blue: { port: PORTS.http, httpsPort: PORTS.https },
      green: { port: PORTS.upstream, httpsPort: PORTS.https },
      bytes: { port: PORTS.upstream, protocol: 'tcp' },
    },
  }),
  names: { [ONCE]: 'blue' },
  envoy: { config: 'forward-proxy.yaml', uid: ENVOY_UID },
  // Envoy does not detect loops. Without a guard it opens about a thousand connections to itself.
  netfilter: `
    *nat
    -A OUTPUT -p tcp --dport 80 -m owner ! --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.http}" -j REDIRECT --to-ports ${PORTS.listener}
    -A OUTPUT -p tcp --dport 443 -m owner ! --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.tls}" -j REDIRECT --to-ports ${PORTS.tlsListener}
    COMMIT
    *filter
    -A OUTPUT -p tcp --dport ${PORTS.listener} -m owner --uid-owner ${ENVOY_UID} -m conntrack --ctstate NEW -m connlimit --connlimit-above ${MAX_SELF_CONNECTIONS} --connlimit-mask 0 -m comment --comment "${RULE.guard}" -j REJECT --reject-with tcp-reset
    COMMIT`,
  needs: ['redirect', 'owner', 'conntrack'],
});

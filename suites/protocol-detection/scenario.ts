import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The ports of upstreams, and the listener to which connections to each lead. */
export const CAPTURED = {
  /** Waits long for the first bytes: where a claim passes, Envoy did not wait. */
  patient: { port: PORTS.http, listener: PORTS.listener },
  /** Waits shortly, and goes on after the timeout. */
  brief: { port: 81, listener: PORTS.bytesListener },
  /** Waits shortly, and closes the connection after the timeout. */
  strict: { port: 82, listener: 4997 },
} as const;

type Listener = keyof typeof CAPTURED;

/** The comments of the rules. */
export const RULE = {
  patient: 'capture connections to port 80',
  brief: 'capture connections to port 81',
  strict: 'capture connections to port 82',
  guard: "reject Envoy's connections to itself",
} as const;

const capture = (name: Listener): string =>
  `-A OUTPUT -p tcp --dport ${CAPTURED[name].port} -m owner ! --uid-owner ${ENVOY_UID} -m comment --comment "${RULE[name]}" -j REDIRECT --to-ports ${CAPTURED[name].listener}`;

export const protocolDetection = scenario({
  slug: 'protocol-detection',
  task: 'intercept',
  tags: ['redirect', 'tcp', 'tls'],
  title: 'Protocol detection: HTTP, TLS and other bytes on one captured port',
  requirement:
    'The first bytes of a captured connection choose the filter chain: HTTP by its version, TLS by SNI and ALPN, other bytes the TCP proxy. A connection whose first bytes may become several of them waits for listener_filters_timeout.',
  purpose:
    'Captures connections of every protocol on one port, as service mesh sidecars do, and shows which first bytes make Envoy wait.',
  topology: sameHost({
    upstreams: {
      web: { port: CAPTURED.patient.port },
      bytes: { port: CAPTURED.patient.port, protocol: 'tcp' },
      brief: { port: CAPTURED.brief.port, protocol: 'tcp' },
      strict: { port: CAPTURED.strict.port, protocol: 'tcp' },
    },
  }),
  envoy: { config: 'protocol-detection.yaml', uid: ENVOY_UID },
  netfilter: `
    *nat
    ${capture('patient')}
    ${capture('brief')}
    ${capture('strict')}
    COMMIT
    *filter
    -A OUTPUT -p tcp --dport 4997:4999 -m owner --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.guard}" -j REJECT --reject-with tcp-reset
    COMMIT`,
  needs: ['redirect', 'owner'],
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The comments of the rules, by which claims name them. */
export const RULE = {
  capture: "capture HTTP, but not Envoy's own",
  guard: 'keep Envoy from calling itself',
} as const;

/**
 * The rules, the same text for either family. Who dials the listener itself has no other original destination: Envoy would call itself
 * until a limit stops it.
 */
export const captureHttp = `
  *nat
  -A OUTPUT -p tcp --dport 80 -m owner ! --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.capture}" -j REDIRECT --to-ports ${PORTS.listener}
  COMMIT
  *filter
  -A OUTPUT -p tcp --dport ${PORTS.listener} -m owner --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.guard}" -j REJECT --reject-with tcp-reset
  COMMIT`;

export const originalDst = scenario({
  slug: 'original-dst',
  title: 'REDIRECT keeps the original destination',
  requirement: 'Envoy connects to the address the downstream dialled, not to the one the nat table rewrote it to.',
  purpose:
    'Puts Envoy between a program and whatever it dials, and has it call the very address that was dialled: what the sidecars of service meshes do.',
  origin: {
    chapter: 'original-dst',
    changed:
      "Two upstreams answer under one Host header, so that the reply tells which one was called. New are a guard that refuses Envoy's connections to itself, and a small program that reads the dialled address from the kernel without Envoy.",
  },
  topology: sameHost({ upstreams: { blue: { port: PORTS.http }, green: { port: PORTS.http } } }),
  envoy: { config: 'original-dst.yaml', uid: ENVOY_UID },
  netfilter: captureHttp,
  needs: ['redirect', 'owner', 'conntrack'],
});

import { ENVOY_UID, PORTS } from '../../../helpers/constants/ports.ts';

/** Rule comments, by which claims and faults refer to rules. */
export const RULE = {
  capture: "capture HTTP, except Envoy's own connections",
  guard: "reject Envoy's connections to itself",
} as const;

export const REDIRECT_HTTP = `-A OUTPUT -p tcp --dport 80 -m owner ! --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.capture}" -j REDIRECT --to-ports ${PORTS.listener}`;

/** For either IP family. The guard rule stops a loop: the original destination may be the listener. */
export const captureHttp = `
  *nat
  ${REDIRECT_HTTP}
  COMMIT
  *filter
  -A OUTPUT -p tcp --dport ${PORTS.listener} -m owner --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.guard}" -j REJECT --reject-with tcp-reset
  COMMIT`;

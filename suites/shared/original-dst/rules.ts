import { ENVOY_UID, PORTS } from '../../../helpers/constants/ports.ts';

/** The comments of the rules, by which claims name them. */
export const RULE = {
  capture: "capture HTTP, but not Envoy's own",
  guard: 'keep Envoy from calling itself',
} as const;

export const REDIRECT_HTTP = `-A OUTPUT -p tcp --dport 80 -m owner ! --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.capture}" -j REDIRECT --to-ports ${PORTS.listener}`;

/** For either family. The guard stops a loop: the original destination may be the listener. */
export const captureHttp = `
  *nat
  ${REDIRECT_HTTP}
  COMMIT
  *filter
  -A OUTPUT -p tcp --dport ${PORTS.listener} -m owner --uid-owner ${ENVOY_UID} -m comment --comment "${RULE.guard}" -j REJECT --reject-with tcp-reset
  COMMIT`;

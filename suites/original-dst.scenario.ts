import { sameHost, scenario } from '../fixtures/scenario.ts';
import { ENVOY_UID, PORTS } from '../helpers/ports.ts';

export const CAPTURE = "capture HTTP, but not Envoy's own";

export const originalDst = scenario({
  slug: 'original-dst',
  title: 'REDIRECT keeps the original destination',
  requirement: 'Envoy connects to the address the downstream dialled, not to the one the nat table rewrote it to.',
  topology: sameHost({ upstreams: { blue: { port: PORTS.http }, green: { port: PORTS.http } } }),
  envoy: { config: 'original-dst.yaml', uid: ENVOY_UID },
  netfilter: `
    *nat
    -A OUTPUT -p tcp --dport 80 -m owner ! --uid-owner ${ENVOY_UID} -m comment --comment "${CAPTURE}" -j REDIRECT --to-ports ${PORTS.listener}
    COMMIT`,
  needs: ['redirect', 'owner', 'conntrack'],
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** Listeners that demand a header, allow its absence, accept version 1 alone, or expect none. */
export const LISTENERS = {
  required: `127.0.0.1:${PORTS.listener}`,
  optional: `127.0.0.1:${PORTS.bytesListener}`,
  version1: '127.0.0.1:4997',
  none: '127.0.0.1:4996',
} as const;

/** Types of fields that the config names. */
export const TLV = { logged: 0xea, passed: 0xe1, added: 0xe2 } as const;

export const proxyProtocol = scenario({
  slug: 'proxy-protocol',
  task: 'identify',
  tags: ['source-address', 'headers'],
  title: "PROXY protocol: the client's address from a proxy before Envoy, and to the upstream",
  requirement:
    "Envoy takes the client's address from a PROXY protocol header, refuses connections with a malformed one, and writes such headers to upstreams, with the fields that its config passes on.",
  purpose:
    'Identifies clients behind a load balancer by the address and the fields that it sends before the first byte.',
  request: ['curl', '--silent', '--include', '--haproxy-protocol', `http://${LISTENERS.required}/`],
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'proxy-protocol.yaml', uid: ENVOY_UID },
});

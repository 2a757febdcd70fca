import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The listeners and their ports, each named by how it finds the client's address. */
export const LISTENERS = {
  default: PORTS.listener,
  hop: 4998,
  edge: 4997,
  'edge-hop': 4996,
  unappended: 4995,
  'internal-range': 4994,
  header: 4992,
  ranges: 4991,
  identified: 4990,
} as const;

export const xff = scenario({
  slug: 'xff',
  task: 'identify',
  tags: ['headers', 'source-address'],
  title: "The client's address behind other proxies: X-Forwarded-For",
  requirement:
    'Envoy takes the client address from the connection, from X-Forwarded-For or from another header, as the listener is configured, and appends to X-Forwarded-For what it trusts. Only an internal client may set internal headers.',
  purpose: 'Shows whose address counts where proxies stand in front of Envoy, and what a client can forge.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'xff.yaml', uid: ENVOY_UID },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const tcpProxy = scenario({
  slug: 'tcp-proxy',
  task: 'forward',
  tags: ['tcp', 'tls'],
  title: 'TCP proxy: bytes pass unchanged, whatever the protocol',
  requirement:
    'Bytes and half-closes from either side reach the other side unchanged, and nothing is added. Without an upstream Envoy accepts a connection and closes it.',
  purpose: 'Forwards TCP connections without parsing the protocol that they carry.',
  origin: {
    chapter: 'tcp-proxy',
    changed:
      "Adds an upstream that does not speak HTTP, to assert that bytes pass unchanged. The statements of the original about speed are measured by `npm run bigbook -- bench proxies`. The original's listener is transparent, which a listener that no TPROXY rule leads to does not need.",
  },
  topology: sameHost({
    upstreams: { upstream: { port: PORTS.upstream }, bytes: { port: PORTS.upstream, protocol: 'tcp' } },
  }),
  envoy: { config: 'tcp-proxy.yaml', uid: ENVOY_UID },
});

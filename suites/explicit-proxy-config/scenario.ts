import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const explicitProxyConfig = scenario({
  slug: 'explicit-proxy-config',
  task: 'forward',
  tags: ['connect', 'dynamic_forward_proxy', 'tls'],
  title: 'Explicit proxy: http_proxy, https_proxy and no_proxy',
  requirement:
    'A program with http_proxy and https_proxy set to Envoy reaches every target through Envoy, except the hosts in no_proxy. Envoy passes the bytes of a CONNECT tunnel through unchanged.',
  purpose:
    'Configures programs to use Envoy through the environment variables http_proxy, https_proxy and no_proxy, without netfilter rules.',
  origin: {
    chapter: 'explicit-proxy-config',
    changed:
      'The config is written for this chapter: its CONNECT route is required, since without it requests through https_proxy get 404. The clients are curl and Node with undici, and a claim covers the half-close that a CONNECT tunnel does not carry. The original shares the container of its forward-proxy chapter, and sets the variables of a shell by a script; here each program of the downstream has its own.',
  },
  topology: sameHost({
    upstreams: { blue: { port: PORTS.http, httpsPort: PORTS.https }, green: { port: PORTS.upstream } },
  }),
  envoy: { config: 'explicit-proxy-config.yaml', uid: ENVOY_UID },
  request: ['curl', '--silent', '--include', '--proxy', `http://127.0.0.1:${PORTS.listener}`, 'http://blue/'],
  names: { 'api.internal.test': 'blue' },
});

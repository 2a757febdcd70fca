import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const explicitProxyConfig = scenario({
  slug: 'explicit-proxy-config',
  task: 'forward',
  tags: ['connect', 'dynamic_forward_proxy', 'tls'],
  title: 'Programs are told to use the proxy',
  requirement:
    'A program whose environment names Envoy as its proxy reaches every target through it, save those that it was told to reach by itself; what goes through a tunnel stays between the two ends.',
  purpose:
    'Tells programs of the proxy by their environment, with no rule in the kernel: for those that read http_proxy, https_proxy and no_proxy.',
  origin: {
    chapter: 'explicit-proxy-config',
    changed:
      'The config is one of its own, with a route that takes CONNECT, without which https_proxy gets a 404. Real clients are asked, curl and Node with undici, and what CONNECT does not carry is a claim as well.',
  },
  topology: sameHost({
    upstreams: { blue: { port: PORTS.http, httpsPort: PORTS.https }, green: { port: PORTS.upstream } },
  }),
  envoy: { config: 'explicit-proxy-config.yaml', uid: ENVOY_UID },
  request: ['curl', '--silent', '--include', '--proxy', `http://127.0.0.1:${PORTS.listener}`, 'http://blue/'],
  names: { 'api.internal.test': 'blue' },
});

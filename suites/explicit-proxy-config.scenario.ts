import { sameHost, scenario } from '../fixtures/scenario.ts';
import { ENVOY_UID, PORTS } from '../helpers/ports.ts';

export const explicitProxyConfig = scenario({
  slug: 'explicit-proxy-config',
  title: 'Programs are told to use the proxy',
  requirement:
    'A program whose environment names Envoy as its proxy reaches every target through it, save those that it was told to reach by itself; what goes through a tunnel stays between the two ends.',
  topology: sameHost({
    upstreams: { blue: { port: PORTS.http, httpsPort: PORTS.https }, green: { port: PORTS.upstream } },
  }),
  envoy: { config: 'explicit-proxy-config.yaml', uid: ENVOY_UID },
  names: { 'api.internal.test': 'blue' },
});

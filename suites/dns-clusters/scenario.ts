import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const dnsClusters = scenario({
  slug: 'dns-clusters',
  task: 'forward',
  tags: ['dns', 'ipv6', 'local-replies'],
  title: 'DNS clusters: which answers change the hosts of a cluster',
  requirement:
    'A cluster has the hosts of the last successful resolution. An answer without records empties it; a failed resolution does not.',
  purpose:
    'Shows what NXDOMAIN, SERVFAIL, an answer without records, no answer, several addresses, a TTL and active health checks do to clusters of the type envoy.cluster.dns, by lookup family.',
  topology: sameHost({ upstreams: { blue: { port: PORTS.upstream }, green: { port: PORTS.upstream } } }),
  envoy: { config: 'dns-clusters.yaml', uid: ENVOY_UID },
  names: { backend: 'blue', lasting: 'blue', checked: 'blue', ignored: 'blue' },
});

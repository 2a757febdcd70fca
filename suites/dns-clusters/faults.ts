import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster } from '../../helpers/envoy/select.ts';
import { config, type Fault, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { accepts } from '../shared/faults.ts';

const DNS = 'cluster_type.typed_config';

const dns = (name: string, set: Record<string, unknown>): Fault =>
  config({
    at: cluster(name),
    set: Object.fromEntries(Object.entries(set).map(([key, value]) => [`${DNS}.${key}`, value])),
  });

export const faults: Faults = {
  'dns_refresh_rate is 60s': {
    fault: [
      ...['auto', 'v4_preferred', 'v4_only', 'both_families', 'logical', 'respects_ttl'],
      ...['health_checked', 'ignores_health'],
    ].map((name) => dns(name, { dns_refresh_rate: '60s' })),
    why: 'Envoy does not notice other answers in time',
  },
  'cluster auto resolves IPv4 only': {
    fault: dns('auto', { dns_lookup_family: 'V4_ONLY' }),
    why: 'a failed A query fails the resolution, and the AAAA record is unused',
  },
  'cluster v4_preferred prefers IPv6': {
    fault: dns('v4_preferred', { dns_lookup_family: 'AUTO' }),
    why: 'the AAAA record is used',
  },
  'cluster v4_preferred resolves IPv4 only': {
    fault: dns('v4_preferred', { dns_lookup_family: 'V4_ONLY' }),
    why: 'an A answer without records removes the host, and the AAAA record is unused',
  },
  'cluster v4_only prefers IPv6': {
    fault: dns('v4_only', { dns_lookup_family: 'AUTO' }),
    why: 'the AAAA record is used',
  },
  'cluster both_families prefers IPv6': {
    fault: dns('both_families', { dns_lookup_family: 'AUTO' }),
    why: 'one of two records is used',
  },
  'all_addresses_in_single_endpoint removed': {
    fault: config({ at: cluster('logical'), delete: [`${DNS}.all_addresses_in_single_endpoint`] }),
    why: 'each address is a host, and a name without records has none',
  },
  'all_addresses_in_single_endpoint set everywhere': {
    fault: ['auto', 'v4_preferred', 'v4_only', 'both_families'].map((name) =>
      config({ at: cluster(name), add: { [`${DNS}.all_addresses_in_single_endpoint`]: true } }),
    ),
    why: 'a name without records is a failure, and two addresses are one host',
  },
  'respect_dns_ttl removed': {
    fault: config({ at: cluster('respects_ttl'), delete: [`${DNS}.respect_dns_ttl`] }),
    why: 'the cluster resolves its name every 0.1 s',
  },
  'health checks removed': {
    fault: config({ at: cluster('health_checked'), delete: ['health_checks'] }),
    why: 'a host leaves with its name',
  },
  'ignore_health_on_host_removal set everywhere': {
    fault: config({ at: cluster('health_checked'), add: { ignore_health_on_host_removal: true } }),
    why: 'a healthy host leaves with its name',
  },
  'ignore_health_on_host_removal removed': {
    fault: config({ at: cluster('ignores_health'), delete: ['ignore_health_on_host_removal'] }),
    why: 'a healthy host outlives its name',
  },
  'blue responds as green': {
    fault: upstream('blue', { name: 'green' }),
    why: 'a kept host and a new one look alike',
  },
  'wrong version recorded for a failure beside an empty answer': {
    misdated: CHANGES.dnsFailureKeepsHosts,
    why: 'the claim expects the hosts of other versions',
  },
  'wrong version recorded for the connections of a single endpoint': {
    misdated: CHANGES.dnsSingleEndpointReplaced,
    why: 'the claim expects the upstream of other versions',
  },
};

const HTTP_OPTIONS = 'typed_extension_protocol_options[envoy.extensions.upstreams.http.v3.HttpProtocolOptions]';
const RESOLVED = ['auto', 'v4_preferred', 'v4_only', 'both_families'];
const CHECKED = ['health_checked', 'ignores_health'];

export const accepted: Record<string, string> = {
  ...accepts(
    'the default is ten times the base interval; the config keeps the queries after a failure close together',
    [...RESOLVED, ...CHECKED, 'logical', 'respects_ttl'].map(
      (name) => `cluster ${name}: cluster_type.typed_config.dns_failure_refresh_rate.max_interval is not there`,
    ),
  ),
  ...accepts(
    'the limit keeps the number of connections, which no claim counts, the same in every run',
    RESOLVED.map(
      (name) => `cluster ${name}: ${HTTP_OPTIONS}.common_http_protocol_options.max_requests_per_connection is 2`,
    ),
  ),
  ...accepts(
    'only one check takes place, which passes; the claim about a failed check has its own settings',
    CHECKED.flatMap((name) =>
      ['no_traffic_interval is not there', 'healthy_threshold is 2', 'unhealthy_threshold is 2'].map(
        (change) => `cluster ${name}: health_checks.${change}`,
      ),
    ),
  ),
};

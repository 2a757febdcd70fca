import type { Change } from './change.ts';

/** Changes of DNS clusters. */
export const DNS_CHANGES = {
  dnsSingleEndpointReplaced: {
    since: '1.39.0',
    what: 'with all_addresses_in_single_endpoint, requests after a change of the address use connections to the new address; before, they used open connections to the old one',
    source:
      'undocumented, found by comparing 1.38.3 with 1.39.0; probably the merged implementation of https://github.com/envoyproxy/envoy/pull/38483, which the runtime guard enable_new_dns_implementation turns on by default (notes of 1.39.0, minor_behavior_changes, dns)',
    shows: [
      // The lab restores addresses after a claim, which is such a change.
      {
        path: /^stats\.cluster\.logical\.upstream_(cx_total|cx_http1_total|rq_pending_total)$/,
        ...{ before: /^$/, after: /^1$/ },
      },
      { path: /./, declared: true },
    ],
  },
  dnsFailureKeepsHosts: {
    since: '1.40.0',
    what: 'a DNS cluster that looks up both families keeps its hosts when one query fails and the other has no records; before, it removed them',
    source:
      'release notes of 1.40.0, bug_fixes, dns_resolver; https://github.com/envoyproxy/envoy/pull/47494; runtime guard envoy.reloadable_features.cares_dual_resolution_preserve_failure',
    shows: [{ path: /./, declared: true }],
  },
} as const satisfies Record<string, Change>;

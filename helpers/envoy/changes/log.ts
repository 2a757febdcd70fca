import type { Change } from './change.ts';

/** Changes of access logs. */
export const LOG_CHANGES = {
  jsonNumbersInDigits: {
    since: '1.40.0',
    what: 'a number in a JSON access log has all its digits, 400000; before, it was 4e+05 where that is shorter',
    source: 'release notes of 1.40.0, minor_behavior_changes, access_log',
    shows: [{ path: /^(accessLogText\[|ownLog\[\d+\]\.text$)/, before: /\de\+\d/ }],
  },
  omitsEmptyInJson: {
    since: '1.40.0',
    what: 'omit_empty_values leaves empty values out of a JSON access log; before, they were null',
    source:
      'release notes of 1.40.0, bug_fixes, access_log; https://github.com/envoyproxy/envoy/pull/46262; runtime guard envoy.reloadable_features.json_formatter_omit_empty_values',
    shows: [{ path: /./, declared: true }],
  },
  downstreamInUpstreamLog: {
    since: '1.38.0',
    what: "upstream_log of the router knows the addresses of the downstream's connection; before, they were empty",
    source: 'release notes of 1.38.0, bug_fixes, formatter; https://github.com/envoyproxy/envoy/pull/43106',
    shows: [{ path: /./, declared: true }],
  },
} as const satisfies Record<string, Change>;

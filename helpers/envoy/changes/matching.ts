import type { Change } from './change.ts';

/** Changes of what routes match. */
export const MATCHING_CHANGES = {
  headersMatchedPerLine: {
    since: '1.39.0',
    what: 'a header matcher tries each line of a header; before, it tried one value, the lines joined by commas',
    source:
      'release notes of 1.39.0, minor_behavior_changes, http; https://github.com/envoyproxy/envoy/pull/44819; runtime guard envoy.reloadable_features.match_headers_individually',
    shows: [{ path: /./, declared: true }],
  },
  dotSegmentParameters: {
    since: ['1.36.10', '1.37.6', '1.38.4', '1.39.1'],
    what: 'normalize_path resolves dot segments that have parameters: /a/..;x/b becomes /b; before, they stayed in the path',
    source:
      'CVE-2026-73551, https://github.com/envoyproxy/envoy/security/advisories/GHSA-2w8w-rfw7-8gg4; release notes of 1.36.10, 1.37.6, 1.38.4 and 1.40.0, bug_fixes, url_normalization; runtime guard envoy.reloadable_features.strip_dotdot_segments_with_parameters',
    shows: [{ path: /./, declared: true }],
  },
  pathParametersPerSegment: {
    since: ['1.36.10', '1.37.6', '1.38.4', '1.39.1'],
    what: 'ignore_path_parameters_in_path_matching ignores the parameters of each segment; before, it ignored everything from the first semicolon on',
    source:
      'CVE-2026-73511, https://github.com/envoyproxy/envoy/security/advisories/GHSA-m745-gh6x-349x; release notes of 1.36.10, 1.37.6, 1.38.4 and 1.40.0, bug_fixes, url_normalization; runtime guard envoy.reloadable_features.strip_path_parameters_per_segment',
    shows: [{ path: /./, declared: true }],
  },
  regexMatchesBytes: {
    since: ['1.36.10', '1.37.6', '1.38.4', '1.39.1'],
    what: 'safe_regex matches bytes, as Latin-1; before, characters of UTF-8, and no value that is not UTF-8',
    source:
      'CVE-2026-73552, https://github.com/envoyproxy/envoy/security/advisories/GHSA-23xh-2qxr-3xv8; release notes of 1.36.10, 1.37.6, 1.38.4 and 1.40.0, bug_fixes, safe_regex; runtime guard envoy.reloadable_features.re2_use_latin1_mode',
    shows: [{ path: /./, declared: true }],
  },
  queryNeedsContentType: {
    since: '1.40.0',
    what: 'a QUERY over HTTP/2 without content-type gets 400 (query_missing_content_type); before, it was forwarded',
    source: 'release notes of 1.40.0, minor_behavior_changes, http',
    shows: [{ path: /./, declared: true }],
  },
} as const satisfies Record<string, Change>;

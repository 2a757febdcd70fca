import { compareVersions } from './envoys.ts';

/** Something that Envoy does otherwise since a version, and how that shows in what is observed. */
export interface Change {
  /**
   * The first version that does it; of a change that was brought to older minor versions too, the first one of each,
   * oldest first. The last one holds for every minor version after it.
   */
  since: string | readonly [string, ...string[]];
  /** In a sentence. */
  what: string;
  /** Where Envoy says so; `undocumented` where it does not, with how the version was found. */
  source: string;
  /** What it changes in a record. */
  shows: readonly Sign[];
}

/** Recognises one effect of a change among the differences of two records. All that is there has to match. */
export interface Sign {
  /** Chapters in which it may show; any where absent. */
  slug?: RegExp;
  /** Claims in which it may show; any where absent. */
  claim?: RegExp;
  /** Where in an observation, `replies[0].headers.x-a`, or in a chapter, `warnings`. */
  path: RegExp;
  /** The value before the change, as it is printed; empty where there was none. */
  before?: RegExp;
  /** The value since the change; empty where there is none. */
  after?: RegExp;
}

/** Whether a version does what a change brought. */
export function hasChange({ since }: Pick<Change, 'since'>, version: string): boolean {
  const firsts = typeof since === 'string' ? [since] : since;
  const branch = firsts.find((first) => minorOf(first) === minorOf(version));
  const first = branch ?? firsts.at(-1) ?? version;
  return compareVersions(version, first) >= 0;
}

function minorOf(version: string): string {
  return version.split('.', 2).join('.');
}

/** `since 1.38.1: a 503 does not tell why the connection failed (Envoy's release notes of 1.38.1, "router")`. */
export function describeChange({ since, what, source }: Pick<Change, 'since' | 'what' | 'source'>): string {
  const firsts = typeof since === 'string' ? since : since.join(' and ');
  return `since ${firsts}: ${what} (${source})`;
}

/** Every change between the known Envoys that shows in the book. */
export const CHANGES = {
  hiddenFailureReason: {
    since: '1.38.1',
    what: 'the 503 of a connection that failed does not tell why: that stands in the access log alone',
    source:
      'release notes of 1.38.1, "router"; guard envoy.reloadable_features.hide_transport_failure_reason_in_response_body',
    shows: [
      { path: /^(replies\[\d+\]\.body|streams)/, before: /, transport failure reason: / },
      { path: /^replies\[\d+\]\.headers\.content-length$/, before: /^1\d\d$/, after: /^98$/ },
      { path: /^accessLog\[\d+\]\.bytes_sent$/, before: /^1\d\d$/, after: /^98$/ },
    ],
  },
  errorResponse: {
    since: '1.37.0',
    what: 'ext_authz knows the field error_response of an answer; before it, that was a denial without it',
    source: 'release notes of 1.37.0, "ext_authz"; https://github.com/envoyproxy/envoy/pull/42099',
    shows: [{ slug: /^ext-authz-proxy$/, claim: /error_response/, path: /./ }],
  },
  noDeadlineForZero: {
    since: '1.38.0',
    what: 'a check whose timeout is 0s has no header grpc-timeout; before, it said that no time was left',
    source: 'https://github.com/envoyproxy/envoy/pull/43020',
    shows: [{ slug: /^ext-authz-proxy$/, claim: /timeout of 0s/, path: /./ }],
  },
  countedHeaderLimits: {
    since: '1.37.0',
    what: 'ext_authz counts in request_header_limits_reached that an answer made a request too large',
    source: 'undocumented; measured between 1.36.4 and 1.37.0',
    shows: [{ slug: /^ext-authz-proxy$/, path: /^stats\..*ext_authz\.request_header_limits_reached$/ }],
  },
  addsAfterTheRouter: {
    since: '1.37.0',
    what: 'the headers that the router itself sets are there when those of a route are added, so that %REQ(…)% finds them',
    source: 'https://github.com/envoyproxy/envoy/pull/41801',
    shows: [
      {
        slug: /^(custom-headers|ext-authz-proxy|tproxy-)/,
        path: /^received\[\d+\]\.headers\.x-envoy-(expected-rq-timeout-ms|original-path) in order$/,
      },
      { slug: /^custom-headers$/, path: /^received\[\d+\]\.headers\.x-request-timeout$/ },
      { slug: /^custom-headers$/, path: /^(accessLog\[\d+\]\.bytes_sent|replies\[\d+\]\.headers\.content-length)$/ },
    ],
  },
} as const satisfies Record<string, Change>;

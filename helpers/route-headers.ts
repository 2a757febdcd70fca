import { compareVersions } from './envoys.ts';

/**
 * Whether a header that the router sets, `x-envoy-expected-rq-timeout-ms`, is there already when the headers of a route
 * are added, so that `%REQ(…)%` finds it: since 1.37.0 (https://github.com/envoyproxy/envoy/pull/41801, which mends what
 * 1.35 broke).
 */
export function addsAfterTheRouter(version: string): boolean {
  return compareVersions(version, '1.37.0') >= 0;
}

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The ports of the listeners by what they do to paths. */
export const LISTENERS = {
  plain: PORTS.listener,
  normalized: 4990,
  merged: 4991,
  kept: 4992,
  rejected: 4993,
  redirected: 4994,
  unescaped: 4995,
  ignoring: 4996,
} as const;

export const matching = scenario({
  slug: 'matching',
  task: 'forward',
  tags: ['ext_authz', 'headers', 'http2'],
  title: 'Route matching: headers, methods, paths and query parameters',
  requirement:
    'Envoy chooses a route by the lines, bytes, method and path of a request. The path that the authorization service checks is the path that Envoy routes and sends.',
  purpose: 'Shows which requests a matcher accepts, and how Envoy normalizes paths before a check.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'matching.yaml', uid: ENVOY_UID },
  stubs: { httpAuthz: { status: 200 } },
});

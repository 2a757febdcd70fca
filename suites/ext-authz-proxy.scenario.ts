import { allow, header } from '../fixtures/answers.ts';
import { sameHost, scenario } from '../fixtures/scenario.ts';
import { ENVOY_UID, PORTS } from '../helpers/ports.ts';

export const extAuthzProxy = scenario({
  slug: 'ext-authz-proxy',
  title: 'An authorization service decides about each request',
  requirement:
    'The upstream meets only what the authorization service allowed, with the headers that it added; the downstream meets its refusal as it was written.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'ext-authz-proxy.yaml', uid: ENVOY_UID },
  stubs: {
    authz: allow({ headers: [header('x-ext-auth-id', 'curl'), header('x-ext-auth-id-user', 'bob')] }),
  },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { allow, header } from '../../helpers/scenario/answers.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const extAuthzProxy = scenario({
  slug: 'ext-authz-proxy',
  task: 'authorize',
  tags: ['ext_authz', 'headers', 'local-replies'],
  title: 'HTTP ext_authz: an authorization service allows or denies each request',
  requirement:
    'Only requests that the authorization service allows reach the upstream, with the headers that the service adds. A denied request gets the response of the service.',
  purpose: 'Lets your own service allow or deny each request before it reaches an upstream.',
  origin: {
    chapter: 'ext-authz-proxy',
    changed:
      "The authorization service is a stub that sends any response a claim sets, so denials are asserted, too. Added are claims about the content of a check, about CONNECT and filter_enabled, and about the headers that Envoy derives from the client address. The chapters ext-authz-mutations and ext-authz-failures cover what a response changes, and missing responses, errors and timeouts. The original's config is of the v2 API, which Envoy removed in 1.18; the stub serves v3.",
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'ext-authz-proxy.yaml', uid: ENVOY_UID },
  stubs: {
    authz: allow({ headers: [header('x-ext-auth-id', 'curl'), header('x-ext-auth-id-user', 'bob')] }),
  },
});

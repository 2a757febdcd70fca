import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { allow, header } from '../../helpers/scenario/answers.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const extAuthzProxy = scenario({
  slug: 'ext-authz-proxy',
  task: 'authorize',
  tags: ['ext_authz', 'headers', 'local-replies'],
  title: 'An authorization service decides about each request',
  requirement:
    'The upstream meets only what the authorization service allowed, with the headers that it added; the downstream meets its refusal as it was written.',
  purpose: 'Asks a service of your own about each request before any upstream sees it.',
  origin: {
    chapter: 'ext-authz-proxy',
    changed:
      "The authorization service is a stub that a claim can tell to answer anything, so that refusals, silence, errors and rubbish are claims too. Envoy's own headers about the downstream's address, and which of several headers wins, are asserted as well.",
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'ext-authz-proxy.yaml', uid: ENVOY_UID },
  stubs: {
    authz: allow({ headers: [header('x-ext-auth-id', 'curl'), header('x-ext-auth-id-user', 'bob')] }),
  },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { allow, header } from '../../helpers/scenario/answers.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const extAuthzMutations = scenario({
  slug: 'ext-authz-mutations',
  task: 'authorize',
  tags: ['ext_authz', 'headers', 'local-replies'],
  title: 'HTTP ext_authz: changes of a CheckResponse to a request and its response',
  requirement:
    'An allowed request reaches the upstream with the headers, query parameters and metadata of its CheckResponse, and the client receives the response headers that it adds. With validate_mutations, headers that are not valid fail the request.',
  purpose:
    'Shows how the headers of an authorization service merge with those of the client and the upstream, and which of them fail a request.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'ext-authz-mutations.yaml', uid: ENVOY_UID },
  stubs: { authz: allow({ headers: [header('x-ext-auth-id', 'curl')] }) },
});

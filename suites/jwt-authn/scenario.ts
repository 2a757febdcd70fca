import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const jwtAuthn = scenario({
  slug: 'jwt-authn',
  task: 'authorize',
  tags: ['headers', 'jwt', 'local-replies'],
  title: 'JWT authentication: Envoy verifies tokens with the keys of a JWKS server',
  requirement:
    'Only requests with a token of the configured issuer and audience, unexpired and signed by a key of the JWKS server, reach the upstream.',
  purpose: 'Moves the verification of tokens from services to the proxy, which passes on the verified payload.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'jwt-authn.yaml', uid: ENVOY_UID },
  // Each claim configures the keys.
  stubs: { jwks: { status: 200, headers: [['content-type', 'application/json']], body: '{"keys":[]}' } },
});

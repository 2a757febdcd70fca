import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { allow, header } from '../../helpers/scenario/answers.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const extAuthzFailures = scenario({
  slug: 'ext-authz-failures',
  task: 'authorize',
  tags: ['ext_authz', 'local-replies'],
  title: 'HTTP ext_authz: failed checks, timeouts and limits of request bodies',
  requirement:
    'A request whose check fails or times out gets 403, or the status of status_on_error. With failure_mode_allow, Envoy forwards it; a denied request is never forwarded.',
  purpose: 'Decides for each route whether requests pass while the authorization service is down, slow or broken.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'ext-authz-failures.yaml', uid: ENVOY_UID },
  stubs: { authz: allow({ headers: [header('x-ext-auth-id', 'curl')] }) },
});

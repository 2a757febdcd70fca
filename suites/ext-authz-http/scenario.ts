import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const extAuthzHttp = scenario({
  slug: 'ext-authz-http',
  task: 'authorize',
  tags: ['ext_authz', 'headers', 'local-replies'],
  title: 'HTTP ext_authz with an HTTP authorization service',
  requirement:
    'Envoy forwards a request once the HTTP authorization service has answered its copy with 200. Any other answer below 500 is the response to the client.',
  purpose:
    'Puts an existing HTTP service in front of an upstream: Envoy asks it with the path and selected headers of each request, and returns its redirects, cookies and challenges.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'ext-authz-http.yaml', uid: ENVOY_UID },
  stubs: { httpAuthz: { status: 200 } },
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';
import { REDIRECT_HTTP } from '../shared/original-dst/rules.ts';

/** The rule of either family. */
const redirect = `
  *nat
  ${REDIRECT_HTTP}
  COMMIT`;

export const workloadIdentity = scenario({
  slug: 'workload-identity',
  task: 'identify',
  tags: ['ext_authz', 'headers', 'ipv6', 'redirect'],
  title: 'An authorization service names the workload behind a request',
  requirement:
    'The upstream is told which program of which user sent a request, as the kernel knows it and not as the downstream claims it; of whom nobody can tell it is told that.',
  purpose: 'Names the program and the user behind a request by what the kernel knows, so that no program can pretend.',
  origin: {
    chapter: 'workload-identity',
    changed:
      'Who sent a request is found by the source of its connection, as in the original; several programs and users share one Envoy, over both families, and who cannot be found is called Unknown. The service needs no more than to see the processes and SYS_PTRACE.',
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'workload-identity.yaml', uid: ENVOY_UID },
  netfilter: redirect,
  netfilter6: redirect,
  stubs: { authz: { identity: {} } },
  needs: ['redirect', 'owner', 'ipv6'],
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';
import { REDIRECT_HTTP } from '../shared/original-dst/rules.ts';

/** The rules of each address family. */
const redirect = `
  *nat
  ${REDIRECT_HTTP}
  COMMIT`;

export const workloadIdentity = scenario({
  slug: 'workload-identity',
  task: 'identify',
  tags: ['ext_authz', 'headers', 'ipv6', 'redirect'],
  title: 'Workload identity: ext_authz identifies the program and the user behind a request',
  requirement:
    'The upstream receives the program and the user behind a request as the kernel reports them, not as the downstream claims. A process that cannot be found is reported as Unknown.',
  purpose:
    'Identifies the program and the user behind each request from kernel data instead of headers that a downstream could forge.',
  origin: {
    chapter: 'workload-identity',
    changed:
      'The authorization service finds the process by the source address and port of its connection, as in the original. Several programs and users share one Envoy over IPv4 and IPv6, and a process that cannot be found is reported as Unknown. The service needs only to see the processes and the capability SYS_PTRACE. It logs the file of the program and the state of the connection, which the original prints, where a claim asks for them. The idle_timeout of 1 s is part of one claim instead of the config.',
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'workload-identity.yaml', uid: ENVOY_UID },
  netfilter: redirect,
  netfilter6: redirect,
  stubs: { authz: { identity: {} } },
  needs: ['redirect', 'owner', 'ipv6'],
});

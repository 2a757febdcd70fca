import { AUTHZ_GID, ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';
import { withMetadata } from '../shared/identity/metadata.ts';
import { REDIRECT_HTTP, RULE as REDIRECT_RULE } from '../shared/original-dst/rules.ts';

export const RULE = {
  exempt: "exempt the authorization service's own calls",
  capture: REDIRECT_RULE.capture,
} as const;

export const workloadIdentityAws = scenario({
  slug: 'workload-identity-aws',
  task: 'identify',
  tags: ['ext_authz', 'headers', 'metadata', 'redirect'],
  title: 'Workload identity with AWS instance metadata (IMDSv1, IMDSv2)',
  requirement:
    'The upstream receives the instance that a request came from, as the authorization service reads it from the instance metadata service. No rule redirects that read to Envoy.',
  purpose:
    "Adds the host name, ID and zone of the instance to each request, read from the cloud's instance metadata service.",
  origin: {
    chapter: 'workload-identity-aws',
    changed:
      'A stub implements both versions of the instance metadata service inside the lab, so that no cloud is needed. The exemption of its requests matches the group of the authorization service, not its user, so that programs of root are still captured and identified. The metadata are read for each request and not once at the start, where the original exits if the service is unreachable: a check fails while the service is unreachable, and passes again afterwards.',
  },
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'workload-identity-aws.yaml', uid: ENVOY_UID },
  netfilter: `
    *nat
    -A OUTPUT -p tcp --dport 80 -m owner --gid-owner ${AUTHZ_GID} -m comment --comment "${RULE.exempt}" -j RETURN
    ${REDIRECT_HTTP}
    COMMIT`,
  stubs: { authz: withMetadata(), metadata: { versions: ['v1', 'v2'] } },
  needs: ['redirect', 'owner'],
});

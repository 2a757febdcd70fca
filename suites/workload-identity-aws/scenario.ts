import { AUTHZ_GID, ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';
import { withMetadata } from '../shared/identity/metadata.ts';
import { REDIRECT_HTTP, RULE as REDIRECT_RULE } from '../shared/original-dst/rules.ts';

export const RULE = {
  exempt: "leave the authorization stub's own calls alone",
  capture: REDIRECT_RULE.capture,
} as const;

export const workloadIdentityAws = scenario({
  slug: 'workload-identity-aws',
  task: 'identify',
  tags: ['ext_authz', 'headers', 'metadata', 'redirect'],
  title: 'Instance metadata say where a workload runs',
  requirement:
    'The upstream is told the instance that a request came from, as the instance metadata service tells the authorization stub, whose own call no rule sends to Envoy.',
  purpose: "Adds the instance that a request came from, as a cloud's metadata service tells it.",
  origin: {
    chapter: 'workload-identity-aws',
    changed:
      'A stub speaks both versions of the instance metadata service inside the lab, so that no cloud is needed. Its own call is left alone by its group rather than its user, so that programs of root are still told apart.',
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

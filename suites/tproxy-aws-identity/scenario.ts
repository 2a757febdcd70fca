import { METADATA } from '../../helpers/constants/addresses.ts';
import { scenario } from '../../helpers/scenario/scenario.ts';
import { withMetadata } from '../shared/identity/metadata.ts';
import { captureForwarded, RULE as TPROXY_RULE, tproxy, transparent } from '../shared/tproxy/rules.ts';

export const RULE = {
  ...TPROXY_RULE,
  metadata: 'leave calls to the instance metadata to their own hop limit',
} as const;

export const tproxyAwsIdentity = scenario({
  ...tproxy,
  slug: 'tproxy-aws-identity',
  task: 'identify',
  tags: ['ext_authz', 'headers', 'metadata', 'tproxy'],
  title: 'A transparent router names the workload and the instance',
  requirement:
    "Envoy on the router asks about each request by the addresses that the downstream itself sees, and the upstream is told the program, the user and the instance behind it; the stub's own traffic is not intercepted.",
  purpose:
    'Does both on a router: asks about what passes by, by the addresses that the downstream itself sees, and tells the upstream who sent it and from which instance.',
  origin: {
    chapter: 'tproxy-aws-identity',
    changed:
      'The original is unfinished; this is what it set out to do. The metadata service is beyond the router and lets its tokens live for one hop, as on EC2.',
  },
  envoy: { config: 'tproxy-aws-identity.yaml', ...transparent },
  netfilter: captureForwarded({ destination: METADATA, comment: RULE.metadata }),
  stubs: { authz: withMetadata({ v1: false }), metadata: { versions: ['v1', 'v2'], tokensLiveOneHop: true } },
  needs: [...tproxy.needs, 'hop-limit'],
});

import { METADATA } from '../../helpers/constants/addresses.ts';
import { scenario } from '../../helpers/scenario/scenario.ts';
import { withMetadata } from '../shared/identity/metadata.ts';
import { captureForwarded, RULE as TPROXY_RULE, tproxy, transparent } from '../shared/tproxy/rules.ts';

export const RULE = {
  ...TPROXY_RULE,
  metadata: 'exempt requests to the metadata service',
} as const;

export const tproxyAwsIdentity = scenario({
  ...tproxy,
  slug: 'tproxy-aws-identity',
  task: 'identify',
  tags: ['ext_authz', 'headers', 'metadata', 'tproxy'],
  title: 'TPROXY and ext_authz: workload and instance identity on a router',
  requirement:
    "Envoy on the router checks each request with the downstream's own addresses, and the upstream receives headers with the program, the user and the instance. TPROXY captures neither the checks nor the authorization service's metadata requests.",
  purpose:
    'Identifies the workload and the EC2 instance behind each request that passes a transparent router, and adds both to the request as headers.',
  origin: {
    chapter: 'tproxy-aws-identity',
    changed:
      'The original is unfinished; this chapter completes its design. The authorization service of the original finds no process, as its machines share no process ids: claims show that case with a process id namespace of its own and with a service that searches its own host alone. In the other claims, the service sees the processes on the host of the downstream. The metadata service is beyond the router, and its token responses live for one hop, as on EC2.',
  },
  envoy: { config: 'tproxy-aws-identity.yaml', ...transparent },
  netfilter: captureForwarded({ destination: METADATA, comment: RULE.metadata }),
  stubs: { authz: withMetadata({ v1: false }), metadata: { versions: ['v1', 'v2'], tokensLiveOneHop: true } },
  needs: [...tproxy.needs, 'hop-limit'],
});

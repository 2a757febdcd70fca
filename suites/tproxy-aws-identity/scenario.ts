import { METADATA } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { router, scenario } from '../../helpers/scenario/scenario.ts';
import { LOCAL_TABLE, MARK_LOOKUP, RULE as TPROXY_RULE, transparent } from '../tproxy-outgoing/scenario.ts';
import { withMetadata } from '../workload-identity-aws/scenario.ts';

/** The comments of the rules, by which claims name them. */
export const RULE = {
  ...TPROXY_RULE,
  metadata: 'leave calls to the instance metadata to their own hop limit',
} as const;

export const tproxyAwsIdentity = scenario({
  slug: 'tproxy-aws-identity',
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
  topology: router({ upstreams: { upstream: { port: PORTS.http } } }),
  envoy: { config: 'tproxy-aws-identity.yaml', ...transparent },
  // The witness changes nothing; asking for a state turns conntrack on.
  netfilter: `
    *mangle
    :DIVERT - [0:0]
    -A PREROUTING -p tcp -m socket --transparent -m comment --comment "${RULE.divert}" -j DIVERT
    -A DIVERT -m comment --comment "${RULE.mark}" -j MARK --set-mark 0x1
    -A DIVERT -m comment --comment "${RULE.accept}" -j ACCEPT
    -A PREROUTING -d ${METADATA} -p tcp --dport 80 -m comment --comment "${RULE.metadata}" -j RETURN
    -A PREROUTING -p tcp --dport 80 -m comment --comment "${RULE.capture}" -j TPROXY --on-port ${PORTS.listener} --tproxy-mark 0x1/0x1
    COMMIT
    *filter
    -A OUTPUT -p tcp --dport 80 ! -d ${METADATA} -m conntrack --ctstate NEW -m comment --comment "${RULE.witness}"
    COMMIT`,
  routing: [MARK_LOOKUP, LOCAL_TABLE],
  stubs: { authz: withMetadata({ v1: false }), metadata: { versions: ['v1', 'v2'], tokensLiveOneHop: true } },
  needs: ['tproxy', 'conntrack', 'hop-limit'],
});

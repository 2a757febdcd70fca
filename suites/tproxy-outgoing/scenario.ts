import { scenario } from '../../helpers/scenario/scenario.ts';
import { tproxy, transparent } from '../shared/tproxy/rules.ts';

export const tproxyOutgoing = scenario({
  ...tproxy,
  slug: 'tproxy-outgoing',
  task: 'intercept',
  tags: ['tproxy'],
  title: 'TPROXY on a router: interception without NAT',
  requirement:
    'Envoy accepts connections to any dialled address on port 80 and connects to that address itself, and no packet address is translated.',
  purpose:
    'Runs Envoy on a router as a transparent proxy: forwarded HTTP connections reach Envoy with their original addresses.',
  origin: {
    chapter: 'tproxy-outgoing',
    changed:
      "Hosts of a lab replace the machines of the original. Envoy has NET_ADMIN as its only capability. The DIVERT rule has --transparent, without which it works too. The headers are on the virtual host instead of the route configuration. The original turns IP forwarding on, which only packets that Envoy does not take need; it also loads kernel modules and turns off the source/destination check of EC2, which a lab has no need of. Added: control variants, each without one part of the set-up, and a rule that only counts Envoy's own connections.",
  },
  envoy: { config: 'tproxy-outgoing.yaml', ...transparent },
});

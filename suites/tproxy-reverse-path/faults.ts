import { changedRouting, type Faults, sysctl, withoutRouting } from '../../helpers/scenario/faults.ts';
import { accepts } from '../shared/faults.ts';
import { noCapture, renamedUpstream } from '../shared/tproxy/faults.ts';
import { MARK_LOOKUP, RULE } from '../shared/tproxy/rules.ts';

export const faults: Faults = {
  'src_valid_mark set to 0': {
    fault: sysctl('net.ipv4.conf.all.src_valid_mark', '0'),
    why: "rp_filter looks up the source without the mark and finds the packet's own interface",
  },
  // With rp_filter=0 alone, the kernel still looks up the source with the mark and rejects it as local.
  'rp_filter set to 0 and accept_local to 1': {
    fault: [sysctl('net.ipv4.conf.all.rp_filter', '0'), sysctl('net.ipv4.conf.all.accept_local', '1')],
    why: 'the kernel accepts local source addresses from outside, so TPROXY works',
  },
  'TPROXY rule removed': noCapture,
  'fwmark lookup rule removed': {
    fault: withoutRouting(MARK_LOOKUP),
    why: 'the source is not local: the packet passes rp_filter, but is not delivered to Envoy',
  },
  'lookup rule matches without a fwmark': {
    fault: changedRouting(MARK_LOOKUP, 'rule add lookup 100'),
    why: 'unmarked sources are local too, so that the router does not even reply to ARP',
  },
  'upstream responds under another name': renamedUpstream,
};

export const accepted = accepts(
  'no connection is established here, so no packet matches; the rules are those of tproxy-outgoing',
  [RULE.divert, RULE.mark, RULE.accept, RULE.opened].map((comment) => `no rule "${comment}"`),
);

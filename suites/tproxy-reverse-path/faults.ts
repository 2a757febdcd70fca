import { changedRouting, type Faults, sysctl, withoutRouting } from '../../helpers/scenario/faults.ts';
import { anotherAnswers, noCapture } from '../shared/tproxy/faults.ts';
import { MARK_LOOKUP, RULE } from '../shared/tproxy/rules.ts';

export const faults: Faults = {
  'src_valid_mark set to 0': {
    fault: sysctl('net.ipv4.conf.all.src_valid_mark', '0'),
    why: 'the source is looked up as what it is, an address beyond the interface that the packet came by',
  },
  // With rp_filter=0 alone, the kernel still finds by src_valid_mark that the source is local.
  'rp_filter set to 0 and accept_local to 1': {
    fault: [sysctl('net.ipv4.conf.all.rp_filter', '0'), sysctl('net.ipv4.conf.all.accept_local', '1')],
    why: 'an address of its own may come from outside: TPROXY works',
  },
  'TPROXY rule removed': noCapture,
  'fwmark lookup rule removed': {
    fault: withoutRouting(MARK_LOOKUP),
    why: 'the source is no local one then: the packet passes the check, and is lost because nothing delivers it',
  },
  'lookup rule matches without a fwmark': {
    fault: changedRouting(MARK_LOOKUP, 'rule add lookup 100'),
    why: 'without a mark, too, the source is local, so that not even ARP is answered',
  },
  'upstream identifies itself with another name': anotherAnswers,
};

export const accepted: Record<string, string> = Object.fromEntries(
  [RULE.divert, RULE.mark, RULE.accept, RULE.witness].map((comment) => [
    `no rule "${comment}"`,
    'no connection opens here, so there is no packet for it; the rules are those of tproxy-outgoing',
  ]),
);

import { router, scenario } from '../../helpers/scenario/scenario.ts';
import { tproxy, transparent } from '../shared/tproxy/rules.ts';

export const tproxyReversePath = scenario({
  ...tproxy,
  slug: 'tproxy-reverse-path',
  task: 'intercept',
  tags: ['tproxy'],
  title: 'A reverse path check that respects marks stops TPROXY',
  requirement:
    'With rp_filter=1 and src_valid_mark=1 the router drops what TPROXY has marked, because by its mark the source is local.',
  purpose:
    'Shows why TPROXY falls silent on a router that checks reverse paths strictly and lets marks take part in it.',
  origin: {
    chapter: 'tproxy-outgoing',
    changed: 'New: the same set-up as tproxy-outgoing, with two settings of the kernel that some systems have.',
  },
  topology: router({
    upstreams: tproxy.topology.upstreams,
    // networking/ip-sysctl: rp_filter=1 is strict mode; with src_valid_mark it uses the mark.
    sysctls: { 'net.ipv4.conf.all.rp_filter': '1', 'net.ipv4.conf.all.src_valid_mark': '1' },
  }),
  envoy: { config: 'tproxy-outgoing.yaml', ...transparent },
});

import { upstreamAddress } from '../../helpers/constants/addresses.ts';
import { router, scenario } from '../../helpers/scenario/scenario.ts';
import { tproxy, transparent } from '../shared/tproxy/rules.ts';

export const tproxyReversePath = scenario({
  ...tproxy,
  slug: 'tproxy-reverse-path',
  task: 'intercept',
  tags: ['tproxy'],
  title: 'TPROXY and rp_filter: strict reverse path filtering drops marked packets',
  requirement:
    'With rp_filter=1 and src_valid_mark=1, the router drops packets that TPROXY has marked, because their source address is local according to the mark.',
  purpose:
    'Explains why TPROXY connections time out on a router whose strict reverse path filtering respects packet marks.',
  origin: {
    chapter: 'tproxy-outgoing',
    changed: 'Added: the set-up of tproxy-outgoing with two sysctls that some systems set.',
  },
  topology: router({
    upstreams: tproxy.topology.upstreams,
    // networking/ip-sysctl: rp_filter=1 is strict mode; with src_valid_mark it uses the mark.
    sysctls: { 'net.ipv4.conf.all.rp_filter': '1', 'net.ipv4.conf.all.src_valid_mark': '1' },
  }),
  envoy: { config: 'tproxy-outgoing.yaml', ...transparent },
  // The router drops the SYN: curl gives up after 2 s and reports it.
  request: ['curl', '--silent', '--show-error', '--max-time', '2', `http://${upstreamAddress(0).ipv4}/`],
});

import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';
import { captureHttp } from '../shared/original-dst/rules.ts';

export const originalDst = scenario({
  slug: 'original-dst',
  task: 'intercept',
  tags: ['redirect'],
  title: 'REDIRECT and ORIGINAL_DST: Envoy connects to the dialled address',
  requirement:
    "Envoy connects to the address that the downstream dialled, not to the listener address that the nat table replaced it with. A guard rule rejects Envoy's connections to its own listener.",
  purpose:
    'Captures the HTTP connections of programs on a host and forwards each to the address that it dialled, as service mesh sidecars do.',
  origin: {
    chapter: 'original-dst',
    changed:
      "Two upstreams serve requests with one Host header, so that the response shows which one Envoy connected to. Added: a guard rule that rejects Envoy's connections to itself, and a small program that reads the dialled address from the kernel without Envoy, and clusters that show what the original's cluster leaves at its defaults. Envoy runs as uid 101 instead of root, which the rule exempts in place of uid 0. connect_timeout is 0.5 s instead of 6 s, and stale hosts are removed after 0.1 s instead of 10 s.",
  },
  topology: sameHost({ upstreams: { blue: { port: PORTS.http }, green: { port: PORTS.http } } }),
  envoy: { config: 'original-dst.yaml', uid: ENVOY_UID },
  netfilter: captureHttp,
  needs: ['redirect', 'owner', 'conntrack'],
});

import { scenario } from '../../helpers/scenario/scenario.ts';
import { tproxy, transparent } from '../shared/tproxy/rules.ts';

export const tproxySourcePreserving = scenario({
  ...tproxy,
  slug: 'tproxy-source-preserving',
  task: 'intercept',
  tags: ['source-address', 'tproxy'],
  title: 'TPROXY in both directions keeps the source address',
  requirement: "The upstream sees the downstream's own address, though Envoy made the connection.",
  purpose: "Keeps the downstream's own address towards the upstream, which then needs no header to know who called.",
  origin: {
    chapter: 'tproxy-outgoing',
    changed:
      "New: the listener filter original_src, by which Envoy calls from the downstream's address; no further rule is needed for it here.",
  },
  envoy: { config: 'tproxy-source-preserving.yaml', ...transparent },
});

import { scenario } from '../../helpers/scenario/scenario.ts';
import { tproxy, transparent } from '../shared/tproxy/rules.ts';

export const tproxySourcePreserving = scenario({
  ...tproxy,
  slug: 'tproxy-source-preserving',
  task: 'intercept',
  tags: ['source-address', 'tproxy'],
  title: "TPROXY and original_src: the upstream sees the downstream's address",
  requirement: "The upstream sees the downstream's own address as the source of the connection that Envoy made.",
  purpose:
    "Keeps the downstream's address as the source address towards the upstream, which then needs no header to identify the client.",
  origin: {
    chapter: 'tproxy-outgoing',
    changed:
      "Added: the listener filter original_src, which makes Envoy connect from the downstream's address. It needs no further rule here.",
  },
  envoy: { config: 'tproxy-source-preserving.yaml', ...transparent },
});

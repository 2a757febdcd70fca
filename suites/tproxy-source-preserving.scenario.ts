import { scenario } from '../fixtures/scenario.ts';
import { tproxy, transparent } from './tproxy-outgoing.scenario.ts';

export const tproxySourcePreserving = scenario({
  ...tproxy,
  slug: 'tproxy-source-preserving',
  title: 'TPROXY in both directions keeps the source address',
  requirement: "The upstream sees the downstream's own address, though Envoy made the connection.",
  envoy: { config: 'tproxy-source-preserving.yaml', ...transparent },
});

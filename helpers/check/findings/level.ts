import type { Found } from '../../compare/found.ts';
import type { RecordedKind } from '../../exchange/observers/registry.ts';
import type { Level } from '../finding.ts';

/** The first part of a difference's path: a kind of observation, or a field of a claim or a chapter. */
type Aspect = RecordedKind | 'outcome' | 'exchange' | 'warnings' | 'log' | 'inventory';

type Levelled = (found: Found) => Level;

const LEVEL_OF: Record<Aspect, Levelled> = {
  outcome: () => 'answer',
  exchange: () => 'answer',
  crashes: () => 'crash',
  replies: ({ path }) => (/^replies\[\d*\]\.(tls|certificate)\b/.test(path) ? 'tls' : 'answer'),
  received: ({ path }) => {
    if (/^received\[[^\]]*\]\.tls\b/.test(path)) return 'tls';
    return /^received\[[^\]]*\]\.headers\./.test(path) ? 'answer' : 'received';
  },
  streams: () => 'received',
  connections: () => 'received',
  checks: () => 'received',
  httpChecks: ({ path }) => (/^httpChecks\[[^\]]*\]\.tls\b/.test(path) ? 'tls' : 'received'),
  limitRequests: () => 'received',
  jwksRequests: () => 'received',
  authzLog: () => 'received',
  metadata: () => 'received',
  accessLog: ({ path }) => (/_tls_|\.tls_/.test(path) ? 'tls' : 'log'),
  sidecarLog: () => 'log',
  accessLogText: () => 'log',
  ownLog: () => 'log',
  warnings: (found) => levelOfLog(found.b ?? found.a ?? ''),
  log: (found) => levelOfLog(found.b ?? found.a ?? ''),
  inventory: ({ a }) => (a === undefined ? 'added' : 'metric'),
  stats: ({ path }) => (/\.ssl\.(curves|ciphers|versions|sigalgs)\./.test(path) ? 'tls' : 'metric'),
  rules: () => 'received',
  conntrack: () => 'received',
};

/** The level of a difference of two records, by its path and its values. */
export function levelOf(found: Found): Level {
  const [aspect = ''] = /^\w+/.exec(found.path) ?? [];
  return isAspect(aspect) ? LEVEL_OF[aspect](found) : 'metric';
}

/** The level of a message of Envoy's log. */
export function levelOfLog(text: string): Level {
  return /deprecated|removed guard|will be removed|invalid configuration/i.test(text) ? 'deprecation' : 'log';
}

function isAspect(name: string): name is Aspect {
  return name in LEVEL_OF;
}

import { type Change, describeSince, hasChange } from '../envoy/known-changes.ts';
import { isOfArea } from './areas.ts';
import type { Finding } from './finding.ts';
import type { NotSeen } from './report.ts';

/** Names in the text of a change that say which part of Envoy it concerns. */
const AREAS: [name: RegExp, area: string][] = [
  [/\bext_authz\b|authorization service|CheckResponse/, 'ext_authz'],
  [/\blocal_ratelimit\b|local_rate_limit/, 'local_ratelimit'],
  [/\bjwt_authn\b/, 'jwt_authn'],
  [/\btcp_proxy\b/, 'tcp_proxy'],
  [/\bHTTP\/2\b|nghttp2|http2/, 'http2'],
  [/\bDNS (cluster|cache)\b|all_addresses_in_single_endpoint/, 'dns'],
  [/dynamic_forward_proxy/, 'dynamic_forward_proxy'],
  [/\bSDS\b/, 'sds'],
  [/\bJSON access log\b/, 'access_log'],
  [/\bssl\b|\bTLS\b/, 'tls'],
];

/**
 * Known changes between two versions that a config can meet, because it uses every part of Envoy that
 * they name, and that no finding shows.
 *
 * @param seen changes that a difference shows, whatever the cause of its finding
 */
export function unseenChanges(
  changes: readonly Change[],
  [a, b]: readonly [string, string],
  areas: ReadonlySet<string>,
  findings: readonly Finding[],
  seen: ReadonlySet<Change> = new Set(),
): NotSeen[] {
  const shown = new Set(findings.flatMap(({ cause }) => (cause?.kind === 'known change' ? [cause.what] : [])));
  const guards = new Set(findings.flatMap(({ cause }) => (cause?.kind === 'guard' ? [cause.guard] : [])));
  return changes.flatMap((change): NotSeen[] => {
    const { since, what, source, shows } = change;
    if (hasChange(change, a) === hasChange(change, b) || shown.has(what) || seen.has(change)) return [];
    if ([...guards].some((guard) => source.includes(guard))) return [];
    // Names of stats are compared without a request.
    if (shows.every(({ path }) => path.source.startsWith('^inventory'))) return [];
    return canMeet(change, areas)
      ? [{ kind: 'known change', name: `change ${describeSince({ since })}`, why: `${what}${linkOf(source)}` }]
      : [];
  });
}

/** Whether a config uses every part of Envoy that a change names: no other config can show the change. */
export function canMeet({ what, source }: Pick<Change, 'what' | 'source'>, areas: ReadonlySet<string>): boolean {
  const named = AREAS.flatMap(([name, area]) => (name.test(`${what} ${source}`) ? [area] : []));
  return named.length > 0 ? named.every((area) => isOfArea(area, areas)) : isOfArea('http', areas);
}

function linkOf(source: string): string {
  const [link] = /https:\/\/[^\s;,]+/.exec(source) ?? [];
  return link === undefined ? '' : ` (${link})`;
}

import { AUTHORIZATION_CHANGES } from './changes/authorization.ts';
import type { Change } from './changes/change.ts';
import { CONFIG_CHANGES } from './changes/config.ts';
import { DETECTION_CHANGES } from './changes/detection.ts';
import { DNS_CHANGES } from './changes/dns.ts';
import { HTTP_CHANGES } from './changes/http.ts';
import { HTTP2_CHANGES } from './changes/http2.ts';
import { LOG_CHANGES } from './changes/log.ts';
import { MATCHING_CHANGES } from './changes/matching.ts';
import { STAT_CHANGES } from './changes/stat.ts';
import { TCP_CHANGES } from './changes/tcp.ts';
import { TLS_CHANGES } from './changes/tls.ts';
import { compareVersions } from './versions.ts';

export type { Change, Sign } from './changes/change.ts';

/** Whether a version has a change. */
export function hasChange({ since }: Pick<Change, 'since'>, version: string): boolean {
  const firsts = [since].flat();
  const minorOf = (each: string): string => each.split('.', 2).join('.');
  const first = firsts.find((each) => minorOf(each) === minorOf(version)) ?? firsts.at(-1) ?? version;
  return compareVersions(version, first) >= 0;
}

/**
 * Whether an Envoy behaves as since a change: a runtime guard that the change's source names and that
 * is set decides, else the version.
 */
export function behavesAsSince(
  change: Pick<Change, 'since' | 'source'>,
  version: string,
  guards: Record<string, boolean> = {},
): boolean {
  return guards[guardOf(change) ?? ''] ?? hasChange(change, version);
}

/** The runtime guard that the source of a change names: `envoy.reloadable_features.…`. */
export function guardOf({ source }: Pick<Change, 'source'>): string | undefined {
  return /envoy\.(?:reloadable|restart)_features\.\w+/.exec(source)?.[0];
}

/**
 * Whether two texts are of one change: records keep the texts of their time, which name the same
 * pull request of Envoy.
 */
export function isSameChange(a: Pick<Change, 'what' | 'source'>, b: Pick<Change, 'what' | 'source'>): boolean {
  const pullOf = ({ source }: typeof a): string | undefined => /\/pull\/\d+/.exec(source)?.[0];
  return a.what === b.what || (pullOf(a) !== undefined && pullOf(a) === pullOf(b));
}

/**
 * `since 1.38.1: a 503 body no longer names the transport failure (release notes of 1.38.1,
 * router)`.
 */
export function describeChange({ since, what, source }: Pick<Change, 'since' | 'what' | 'source'>): string {
  return `${describeSince({ since })}: ${what} (${source})`;
}

/** `since 1.36.3 and 1.37.1`. */
export function describeSince({ since }: { since: string | readonly string[] }): string {
  return `since ${[since].flat().join(' and ')}`;
}

/** Every observed change between the known Envoy versions, oldest first. */
export const CHANGES = oldestFirst({
  ...AUTHORIZATION_CHANGES,
  ...DETECTION_CHANGES,
  ...CONFIG_CHANGES,
  ...DNS_CHANGES,
  ...HTTP_CHANGES,
  ...HTTP2_CHANGES,
  ...LOG_CHANGES,
  ...MATCHING_CHANGES,
  ...STAT_CHANGES,
  ...TCP_CHANGES,
  ...TLS_CHANGES,
});

function oldestFirst<T extends Record<string, Change>>(changes: T): T {
  // A backport comes from a newer version.
  const newest = ({ since }: Change): string => [since].flat().at(-1) ?? '';
  const sorted = Object.entries(changes).sort(([, a], [, b]) => compareVersions(newest(a), newest(b)));
  return Object.fromEntries(sorted) as T;
}

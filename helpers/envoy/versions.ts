import { UsageError } from '../util/errors.ts';
import { readVersions } from './builds.mjs';

export { compareVersions, ENVOYS, type KnownEnvoy, NEWEST, VERSIONS } from './builds.mjs';

/**
 * The oldest Envoy that can run the book. Its configs use the oldest spelling that every known version takes without a warning
 * of its own, and for a cluster found by DNS that is the cluster type `envoy.cluster.dns`: `dns_refresh_rate` beside
 * `STRICT_DNS` is deprecated in all of them.
 */
export const OLDEST = {
  version: '1.33.0',
  why: 'the configs use the cluster type envoy.cluster.dns, whose API came with it',
} as const;

/**
 * The versions that a list given to `--envoy` names (`1.36.4,1.40.0`, `latest`, `all`, `1.36`, `1.36.4..1.38`): each once, oldest first.
 * Throws UsageError for a version that is not in `envoys.json`.
 */
export function parseEnvoys(list: string): string[] {
  const read = readVersions(list);
  if ('problem' in read) throw new UsageError(read.problem);
  return read.versions;
}

/** The official image of a version, `envoyproxy/envoy:v1.40.0`; undefined for a rebuild (`.postN`), which has none. */
export function officialImage(version: string): string | undefined {
  return version.includes('.post') ? undefined : `envoyproxy/envoy:v${version}`;
}

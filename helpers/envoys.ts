import { UsageError } from './errors.ts';
import { readVersions } from './known-envoys.mjs';

export { compareVersions, ENVOYS, type KnownEnvoy, NEWEST, VERSIONS } from './known-envoys.mjs';

/**
 * The versions that a list given to `--envoy` names (`1.36.4,1.40.0`, `latest`, `all`): each once, oldest first.
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

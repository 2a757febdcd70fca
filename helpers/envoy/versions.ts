import { UsageError } from '../util/errors.ts';
import { readVersions } from './builds.mjs';

export { compareVersions, ENVOYS, type KnownEnvoy, NEWEST, VERSIONS } from './builds.mjs';

/**
 * The oldest supported version. Configs use the oldest spelling without a deprecation warning in
 * any known version: for DNS clusters the type `envoy.cluster.dns`, since `dns_refresh_rate` with
 * `STRICT_DNS` is deprecated.
 */
export const OLDEST = {
  version: '1.33.0',
  why: 'the configs use the cluster type envoy.cluster.dns, whose API came with it',
} as const;

/** As `readVersions`. @throws UsageError for a version that is not in `builds.json` */
export function parseEnvoys(list: string): string[] {
  const read = readVersions(list);
  if ('problem' in read) throw new UsageError(read.problem);
  return read.versions;
}

/**
 * The official image of a version, `envoyproxy/envoy:v1.40.0`; undefined for a rebuild (`.postN`),
 * which has none.
 */
export function officialImage(version: string): string | undefined {
  return version.includes('.post') ? undefined : `envoyproxy/envoy:v${version}`;
}

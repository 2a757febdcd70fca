import { basename, dirname } from 'node:path';

/** Names of files that do not tell a config from another one. */
const GENERIC = /^(envoy|config|bootstrap|envoy-config|envoy-bootstrap|proxy|front-envoy)$/;

const LONGEST = 40;

/**
 * A name for the setup of each config: that of its file or, where many configs are named alike, of its folder. Each
 * name is unique.
 *
 * @param paths relative to the project
 * @param taken names that are not available
 */
export function setupNames(paths: readonly string[], taken: readonly string[] = []): Map<string, string> {
  const used = new Set(taken);
  return new Map(
    paths.map((path) => {
      const file = slugified(basename(path).replace(/\.[^.]+$/, ''));
      const folder = slugified(basename(dirname(path)));
      const wanted = (GENERIC.test(file) && folder !== '' ? folder : file) || 'envoy';
      const name = unique(/^[a-z]/.test(wanted) ? wanted : `envoy-${wanted}`, used);
      used.add(name);
      return [path, name];
    }),
  );
}

function slugified(text: string): string {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST - 3)
    .replaceAll(/^-+|-+$/g, '');
}

function unique(name: string, used: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!used.has(candidate)) return candidate;
  }
}

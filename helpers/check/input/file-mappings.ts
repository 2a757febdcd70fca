import { posix } from 'node:path';
import { UsageError } from '../../util/errors.ts';

/** `--files HOST:CONTAINER`: where a path of configs is on this machine. */
export interface FileMapping {
  /** A file or a folder of this machine. */
  host: string;
  /** Its absolute path in configs. */
  container: string;
}

/** Reads `HOST:CONTAINER` options. @throws UsageError */
export function readMappings(options: readonly string[]): FileMapping[] {
  return options.map((option) => {
    const at = option.lastIndexOf(':');
    const [host, container] = [option.slice(0, at), option.slice(at + 1)];
    const shown = `--files ${JSON.stringify(option)}`;
    if (at < 1 || container === '')
      throw new UsageError(`${shown} is not HOST:CONTAINER, such as ./certs:/etc/envoy/certs`);
    if (!container.startsWith('/'))
      throw new UsageError(`${shown}: ${JSON.stringify(container)} is not an absolute path`);
    if (container.split('/').includes('..'))
      throw new UsageError(`${shown}: the path ${JSON.stringify(container)} must not contain ".."`);
    return { host, container: posix.resolve(container) };
  });
}

/** The path on this machine, and the mapping that it is of: the longest one that matches. */
export function mapped(
  path: string,
  mappings: readonly FileMapping[],
): { file: string; mapping: FileMapping } | undefined {
  const [mapping] = mappings
    .filter(({ container }) => path === container || container === '/' || path.startsWith(`${container}/`))
    .sort((a, b) => b.container.length - a.container.length);
  if (!mapping) return undefined;
  const rest = posix.relative(mapping.container, path);
  return { file: rest === '' ? mapping.host : posix.join(mapping.host, rest), mapping };
}

/**
 * The paths below a config's folder where a file may be, the most specific first: for
 * `/etc/envoy/certs/a.pem`, `etc/envoy/certs/a.pem`, `envoy/certs/a.pem`, `certs/a.pem`, `a.pem`.
 */
export function beside(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.map((_, index) => parts.slice(index).join('/'));
}

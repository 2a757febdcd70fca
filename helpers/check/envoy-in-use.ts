import { VERSIONS } from '../envoy/versions.ts';

/** A mention of an Envoy version in a project. */
export interface EnvoyInUse {
  version: string;
  /** `deploy/Dockerfile:1`. */
  where: string;
}

/** Files that may name the Envoy in use, the most telling first. */
const FILES = [
  /^\.envoy-version$/,
  /dockerfile|containerfile/i,
  /compose.*\.ya?ml$/i,
  /^(values|kustomization|chart).*\.ya?ml$/i,
  /\.ya?ml$/i,
];

/** How telling a file is about the Envoy in use, from 0; undefined for a file that is not read. */
export function rankOf(name: string): number | undefined {
  const rank = FILES.findIndex((expression) => expression.test(name));
  return rank < 0 ? undefined : rank;
}

const VERSION = String.raw`(\d+\.\d+\.\d+)`;

/** A reference to an image of Envoy, with or without the parts of its tag before the version. */
const IMAGE = new RegExp(String.raw`\benvoy(?:proxy/envoy)?(?:-\w+)*:(?:[a-z][a-z-]*-)?v?${VERSION}`, 'i');

/** The repository of an image in chart values, whose tag is on another line. */
const REPOSITORY = /repository:\s*["']?[\w./:-]*envoyproxy\/envoy\b/;
const TAG = new RegExp(String.raw`^\s*tag:\s*["']?(?:[a-z][a-z-]*-)?v?${VERSION}`);

/** How far apart repository and tag stand. */
const NEAR = 3;

/** The first Envoy version that a file names. */
export function envoyInFile(name: string, text: string): EnvoyInUse | undefined {
  const lines = text.split('\n');
  if (name.endsWith('.envoy-version')) {
    const [, version] = new RegExp(String.raw`^\s*v?${VERSION}`).exec(text) ?? [];
    return version === undefined ? undefined : { version, where: name };
  }
  for (const [at, line] of lines.entries()) {
    if (/^\s*#/.test(line)) continue;
    const near = lines.slice(Math.max(0, at - NEAR), at + NEAR + 1);
    const [, version] =
      IMAGE.exec(line) ?? (near.some((each) => REPOSITORY.test(each)) ? TAG.exec(line) : undefined) ?? [];
    if (version !== undefined) return { version, where: `${name}:${at + 1}` };
  }
  return undefined;
}

/**
 * The known version that stands for another one: the newest of its minor version that is not newer;
 * undefined where there is none.
 */
export function nearestKnown(version: string): string | undefined {
  if (VERSIONS.includes(version)) return version;
  const minor = version.split('.', 2).join('.');
  const patch = Number(version.split('.')[2]);
  return VERSIONS.filter(
    (known) => known.startsWith(`${minor}.`) && Number.parseInt(known.split('.')[2] ?? '', 10) <= patch,
  ).at(-1);
}

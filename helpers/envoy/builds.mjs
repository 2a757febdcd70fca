import { readFileSync } from 'node:fs';
import { unknownName } from '../util/suggestion.mjs';

// Plain JavaScript: `npm run setup` reads the versions before TypeScript can be loaded.

/**
 * A known Envoy version.
 * @typedef {object} KnownEnvoy
 * @property {{ x86_64: string, aarch64: string }} wheel SHA-256 of the release's Python wheel, by architecture
 */

/** @type {Record<string, KnownEnvoy>} */
export const ENVOYS = JSON.parse(readFileSync(new URL('builds.json', import.meta.url), 'utf8'));

/** Orders versions; `1.36.2.post1` comes after `1.36.2`. */
export const compareVersions = new Intl.Collator('en', { numeric: true }).compare;

/** Every known version, oldest first. */
export const VERSIONS = Object.keys(ENVOYS).sort(compareVersions);

/** The newest known version. */
export const NEWEST = /** @type {string} */ (VERSIONS.at(-1));

/**
 * The versions of a list, without duplicates, oldest first. An item is a version (`1.36.4`),
 * `latest`, `all`, all releases of a minor version (`1.36`), or an inclusive range, where either
 * end may be absent (`1.36.4..1.38`, `1.38.3..`).
 * @param {string} list
 * @returns {{ versions: string[] } | { problem: string }}
 */
export function readVersions(list) {
  const words = list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const unknown = words.length === 0 ? '' : words.find((word) => namedBy(word).length === 0);
  if (unknown !== undefined) return { problem: refusal(unknown) };
  return { versions: [...new Set(words.flatMap(namedBy))].sort(compareVersions) };
}

/** @param {string} word */
function refusal(word) {
  const refused = unknownName('Envoy version', word, [...VERSIONS, 'latest', 'all']);
  const release = /^v?(\d+\.\d+\.\d+)$/.exec(word)?.[1];
  if (release !== undefined)
    return `${refused}
  any other release, where a registry can be reached: --envoy-image envoyproxy/envoy:v${release}`;
  return `${refused}${refused.endsWith('?') ? '' : '\n  a minor version such as 1.36, a range such as 1.36.4..1.38'}`;
}

/**
 * The versions of one item; none where it matches no known version.
 * @param {string} word
 * @returns {string[]}
 */
function namedBy(word) {
  if (word === 'all') return VERSIONS;
  if (word === 'latest') return [NEWEST];
  const [from, to, ...more] = word.split('..').map((end) => end.replace(/^v(?=\d)/, ''));
  if (from === undefined || more.length > 0) return [];
  if (to === undefined) return releasesOf(from);
  const [first, last] = [from === '' ? VERSIONS[0] : releasesOf(from)[0], to === '' ? NEWEST : releasesOf(to).at(-1)];
  if (first === undefined || last === undefined) return [];
  return VERSIONS.filter((version) => compareVersions(first, version) <= 0 && compareVersions(version, last) <= 0);
}

/** @param {string} word a version, or a minor version for all of its releases */
const releasesOf = (word) =>
  VERSIONS.filter((version) => version === word || (/^\d+\.\d+$/.test(word) && version.startsWith(`${word}.`)));

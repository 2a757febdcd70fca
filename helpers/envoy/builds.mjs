import { readFileSync } from 'node:fs';
import { unknownName } from '../util/suggestion.mjs';

// Plain JavaScript: set-up reads the versions before there is anything to load TypeScript with.

/**
 * What is known of one Envoy.
 * @typedef {object} KnownEnvoy
 * @property {{ x86_64: string, aarch64: string }} wheel SHA-256 of the release's Python wheel, by architecture
 */

/** @type {Record<string, KnownEnvoy>} */
export const ENVOYS = JSON.parse(readFileSync(new URL('builds.json', import.meta.url), 'utf8'));

/**
 * Orders versions as releases follow each other; `1.36.2.post1` comes after `1.36.2`.
 * @param {string} a
 * @param {string} b
 */
export function compareVersions(a, b) {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** @param {string} version */
const numbersOf = (version) => (version.match(/\d+/g) ?? []).map(Number);

/** Every known version, oldest first. */
export const VERSIONS = Object.keys(ENVOYS).sort(compareVersions);

/** The newest known version. */
export const NEWEST = /** @type {string} */ (VERSIONS.at(-1));

/**
 * The versions that a list names, each once, oldest first. Its words: a version (`1.36.4`), `latest`, `all`, a minor version for
 * all of its releases (`1.36`), a range with both its ends, either of which may be left out (`1.36.4..1.38`, `1.38.3..`).
 * A problem names the word, and what may be meant or is known.
 * @param {string} list
 * @returns {{ versions: string[] } | { problem: string }}
 */
export function readVersions(list) {
  const words = list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) return { problem: refusal('') };
  const versions = new Set();
  for (const word of words) {
    const named = namedBy(word);
    if (named.length === 0) return { problem: refusal(word) };
    for (const version of named) versions.add(version);
  }
  return { versions: [...versions].sort(compareVersions) };
}

/** @param {string} word */
function refusal(word) {
  const refused = unknownName('Envoy version', word, [...VERSIONS, 'latest', 'all']);
  return `${refused}${refused.endsWith('?') ? '' : '\n  a minor version such as 1.36, a range such as 1.36.4..1.38'}`;
}

/**
 * The versions that one word names; none where it names nothing that is known.
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

/**
 * A version by itself, or all known releases of a minor version.
 * @param {string} word
 */
const releasesOf = (word) =>
  VERSIONS.filter((version) => version === word || (/^\d+\.\d+$/.test(word) && version.startsWith(`${word}.`)));

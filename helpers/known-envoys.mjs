import { readFileSync } from 'node:fs';

// Plain JavaScript: set-up reads the versions before there is anything to load TypeScript with.

/**
 * What is known of one Envoy.
 * @typedef {object} KnownEnvoy
 * @property {{ x86_64: string, aarch64: string }} wheel SHA-256 of the release's Python wheel, by architecture
 */

/** @type {Record<string, KnownEnvoy>} */
export const ENVOYS = JSON.parse(readFileSync(new URL('envoys.json', import.meta.url), 'utf8'));

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
 * The versions that a list such as `1.36.4,1.40.0`, `latest` or `all` names: each once, oldest first.
 * A problem is one line that names the word, and what is known.
 * @param {string} list
 * @returns {{ versions: string[] } | { problem: string }}
 */
export function readVersions(list) {
  const words = list
    .split(',')
    .map((word) => word.trim().replace(/^v(?=\d)/, ''))
    .filter((word) => word !== '');
  const known = `known are ${VERSIONS.join(', ')}; latest (${NEWEST}) and all`;
  if (words.length === 0) return { problem: `--envoy: expected versions, found ${JSON.stringify(list)}; ${known}` };
  const versions = new Set();
  for (const word of words) {
    if (word === 'all') for (const version of VERSIONS) versions.add(version);
    else if (word === 'latest') versions.add(NEWEST);
    else if (Object.hasOwn(ENVOYS, word)) versions.add(word);
    else return { problem: `--envoy: ${JSON.stringify(word)} is no known Envoy; ${known}` };
  }
  return { versions: [...versions].sort(compareVersions) };
}

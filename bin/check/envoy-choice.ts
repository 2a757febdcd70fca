import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type EnvoyInUse, envoyInFile, nearestKnown, rankOf } from '../../helpers/check/envoy-in-use.ts';
import { compareVersions, NEWEST, parseEnvoys, VERSIONS } from '../../helpers/envoy/versions.ts';
import {
  binaryVariant,
  imageVariant,
  parseImage,
  repeated,
  type Variant,
  versionVariant,
} from '../../helpers/record/variants.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import type { CheckOptions } from './options.ts';

/** The two Envoys of a check. */
export interface EnvoyChoice {
  a: Variant;
  b: Variant;
  /** How A was found, for the report. */
  notes: string[];
}

/** A larger file is no Dockerfile, compose file or chart. */
const MOST_BYTES = 200_000;

/** How many folders above a config are searched. */
const FOLDERS_UP = 4;

/**
 * The two Envoys of a check: those that are given; else A is the version in use near the config, and B
 * the newest known one.
 *
 * @param near a file of the project, usually the config
 * @throws UsageError
 */
export async function chooseEnvoys(
  { envoy, envoyImage = [], envoyBinary = [] }: Pick<CheckOptions, 'envoy' | 'envoyImage' | 'envoyBinary'>,
  near: string | undefined,
): Promise<EnvoyChoice> {
  const named = (envoy ?? '').split(',').map((word) => word.trim());
  const given = [
    ...named.filter((word) => word !== '').map(envoyVariant),
    ...envoyImage.map((image) => imageVariant(parseImage(image))),
    ...envoyBinary.map(binaryVariant),
  ];
  if (given.length > 2)
    throw new UsageError(
      `a check takes two Envoys, found ${given.length}: ${given.map(({ name }) => name).join(', ')}`,
    );
  const [first, second] = given;
  if (first && second)
    return { a: first, b: second.name === first.name ? repeated(second, 'once more') : second, notes: [] };
  // A single image or binary is the new one.
  const isNew = first?.version === undefined && envoy === undefined;
  if (first && !isNew) return { a: first, b: newerThan(first), notes: [] };
  const found = near === undefined ? undefined : await findEnvoyInUse(near);
  if (!found)
    throw new UsageError(
      `no Envoy version is found in .envoy-version, a Dockerfile, a compose file or chart values near ${near ?? 'the config'}; name both: --envoy 1.36.4,${NEWEST}`,
    );
  const known = nearestKnown(found.version);
  if (known === undefined)
    throw new UsageError(
      `${found.where} names Envoy ${found.version}, which is not known here; name both: --envoy ${VERSIONS[0]},${NEWEST}, or --envoy-image`,
    );
  const exact = known === found.version ? '' : `, the nearest known release to ${found.version}`;
  const a = versionVariant(known);
  return {
    a,
    b: isNew && first ? first : newerThan(a),
    notes: [`Envoy ${known}${exact} is taken from ${found.where}.`],
  };
}

function envoyVariant(text: string): Variant {
  const version = text.replace(/^v(?=\d)/, '');
  if (!/^[\w.-]+$/.test(text) || text.includes('@')) return imageVariant(parseImage(text));
  const versions = parseEnvoys(version);
  // A minor version stands for its newest release.
  return versionVariant(versions.at(-1) ?? version);
}

function newerThan({ name, version }: Variant): Variant {
  if (version === undefined || compareVersions(version, NEWEST) < 0) return versionVariant(NEWEST);
  throw new UsageError(
    `Envoy ${name} is the newest known version, so nothing is newer; name both: --envoy ${name},IMAGE`,
  );
}

/** The Envoy version that a project names, nearest to a file: in its folder, then in those above. */
export async function findEnvoyInUse(near: string): Promise<EnvoyInUse | undefined> {
  let folder = dirname(resolve(near));
  for (let up = 0; up <= FOLDERS_UP; up += 1) {
    const found = await envoyInFolder(folder);
    if (found) return found;
    const isRoot = (await stat(join(folder, '.git')).catch(() => undefined)) !== undefined;
    if (isRoot || dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  return undefined;
}

async function envoyInFolder(folder: string): Promise<EnvoyInUse | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile() && rankOf(entry.name) !== undefined).map(({ name }) => name);
  for (const name of names.sort((x, y) => (rankOf(x) ?? 0) - (rankOf(y) ?? 0) || (x < y ? -1 : 1))) {
    const file = join(folder, name);
    if (((await stat(file).catch(() => undefined))?.size ?? MOST_BYTES) >= MOST_BYTES) continue;
    const found = envoyInFile(relative(process.cwd(), file) || name, await readFile(file, 'utf8').catch(() => ''));
    if (found) return found;
  }
  return undefined;
}

import { resolve } from 'node:path';
import { parseEnvoys } from '../envoy/versions.ts';
import { variantIn } from '../scenario/suite-files.ts';
import { UsageError } from '../util/errors.ts';

/** An Envoy that a run's chapters run on. */
export interface Variant {
  /** Unique in the run: `1.36.4`, an image, `1.36.4 again`. */
  name: string;
  /** A known version; absent where an image or a binary is given. */
  version?: string;
  /** An image with an Envoy of any version. */
  image?: string;
  /** The absolute path of a file with an Envoy of any version. */
  binary?: string;
  /** The version of the Envoys beside upstreams. Default: the same Envoy. */
  sidecar?: string;
  /**
   * The kind of the faults that test modules inject (see `trialModule`); absent outside a proof. With a
   * mutation, a chapter ends with the first claim that fails.
   */
  injects?: 'declared faults' | 'mutations';
  /** Keeps the order of the file: earlier claims affect observations, for instance by open connections. */
  inOrder?: true;
  /** Runtime guards that Envoy runs with, by name. */
  guards?: Record<string, boolean>;
  /** Turns failure bundles off, for trials whose claims are expected to fail. */
  leavesEvidence?: false;
}

/**
 * The order of claims within a file:
 * - `shuffled` by the seed of the run, claims that change Envoy after the others
 * - `as in the file`
 */
export type ClaimOrder = 'shuffled' | 'as in the file';

/** The order of a variant's claims. Trials do not depend on a seed: a fault has to kill the same claims each time. */
export function claimOrderOf({ inOrder, injects }: Variant): ClaimOrder {
  return inOrder || injects ? 'as in the file' : 'shuffled';
}

const PROJECT = 'Envoy ';

/** The name of the vitest project that runs a variant where its chapters' modules name none (see `variantModule`). */
export function projectOf({ name }: Variant): string {
  return `${PROJECT}${name}`;
}

/** Whether a vitest project runs chapters; the others run the harness's own tests. */
export function isVariant(project: string): boolean {
  return project.startsWith(PROJECT);
}

/** The name of the variant that a test module runs on. */
export function variantNameOf({ project, moduleId }: { project: { name: string }; moduleId: string }): string {
  return variantIn(moduleId) ?? project.name.slice(PROJECT.length);
}

export function versionVariant(version: string): Variant {
  return { name: version, version };
}

export function imageVariant(image: string): Variant {
  return { name: image, image };
}

/** An Envoy in a file. Its name is the path as given. */
export function binaryVariant(path: string): Variant {
  return { name: path, binary: resolve(path) };
}

const REPEATS = ['again', 'once more'] as const;

/** The same variant another time in the same run: `1.36.4 again`. */
export function repeated(variant: Variant, how: (typeof REPEATS)[number]): Variant {
  return { ...variant, name: `${variant.name} ${how}` };
}

/** A variant's name without its repeat: `1.36.4`. */
export function askedFor(name: string): string {
  return name.replace(new RegExp(` (${REPEATS.join('|')})$`), '');
}

/** Envoys as the options of commands name them. */
export interface EnvoyChoice {
  /** A list of versions. */
  envoy?: string;
  envoyImage?: string[];
  /** Paths. */
  envoyBinary?: string[];
  sidecarEnvoy?: string;
}

/**
 * The variants of options: versions oldest first, then images, then binaries; those of the environment where
 * the options name none (see `variantsFrom`).
 *
 * @throws UsageError for an unknown version
 */
export function variantsOf(
  { envoy, envoyImage, envoyBinary, sidecarEnvoy }: EnvoyChoice,
  env: Record<string, string | undefined>,
): [Variant, ...Variant[]] {
  const sidecar = { SIDECAR_ENVOY: sidecarEnvoy ?? env.SIDECAR_ENVOY };
  if ((envoy ?? envoyImage ?? envoyBinary) === undefined) return variantsFrom({ ...env, ...sidecar });
  const chosen = { ENVOY_VERSIONS: envoy, ENVOY_IMAGE: envoyImage?.join(), ENVOY_BINARY: envoyBinary?.join() };
  return variantsFrom({ ...chosen, ...sidecar });
}

/**
 * The variants of an environment: `ENVOY_VERSIONS`, a list as in `--envoy`, `ENVOY_IMAGE` and `ENVOY_BINARY`,
 * images and paths separated by commas; by default the newest version; `SIDECAR_ENVOY` the version of all
 * sidecars. Commands set `BIGBOOK_VARIANTS` to JSON instead.
 *
 * @throws UsageError for an unknown version
 */
export function variantsFrom(env: Record<string, string | undefined>): [Variant, ...Variant[]] {
  if (env.BIGBOOK_VARIANTS) return JSON.parse(env.BIGBOOK_VARIANTS) as [Variant, ...Variant[]];
  const images = itemsOf(env.ENVOY_IMAGE);
  const binaries = itemsOf(env.ENVOY_BINARY);
  const versions = env.ENVOY_VERSIONS ?? (images.length + binaries.length > 0 ? undefined : 'latest');
  const sidecar = env.SIDECAR_ENVOY !== undefined ? { sidecar: onlyVersion(env.SIDECAR_ENVOY) } : {};
  const [first, ...more] = [
    ...(versions === undefined ? [] : parseEnvoys(versions)).map(versionVariant),
    ...images.map((image) => imageVariant(parseImage(image))),
    ...binaries.map(binaryVariant),
  ].map((variant) => ({ ...variant, ...sidecar }));
  if (!first) throw new UsageError('no Envoy version is chosen; name one with --envoy');
  return [first, ...more];
}

function itemsOf(list = ''): string[] {
  return list.split(',').filter((item) => item !== '');
}

/**
 * The only variant of options or, where they name none, of an environment.
 *
 * @param what the subject of the message: `a proof`
 * @throws UsageError for an unknown version, or for several
 */
export function onlyVariant(what: string, choice: EnvoyChoice, env: Record<string, string | undefined>): Variant {
  const variants = variantsOf(choice, env);
  if (variants.length > 1)
    throw new UsageError(`${what} takes one Envoy version, found ${variants.length}; name one with --envoy`);
  return variants[0];
}

/** One version: that of all sidecars. @throws UsageError */
function onlyVersion(text: string): string {
  const versions = parseEnvoys(text);
  const [only, ...more] = versions;
  if (only === undefined || more.length > 0)
    throw new UsageError(
      `sidecars have one Envoy version; ${JSON.stringify(text)} names ${versions.length}: ${versions.join(', ')}; name one`,
    );
  return only;
}

/** Reads an image reference, `registry/name:tag` or `name@sha256:…`. @throws UsageError */
export function parseImage(text: string): string {
  const image = text.trim();
  if (!/^[a-z0-9][\w./-]*(:\d+\/[\w./-]+)?(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/i.test(image)) {
    throw new UsageError(
      `invalid image ${JSON.stringify(text)}; expected a reference such as envoyproxy/envoy:contrib-v1.40.0`,
    );
  }
  return image;
}

import { parseEnvoys } from '../envoy/versions.ts';
import { UsageError } from '../util/errors.ts';

/** One way in which a run's chapters are run: on which Envoy. A run has one variant or several, each a project of vitest's. */
export interface Variant {
  /** Tells it from the run's other variants: `1.36.4`, an image, `1.36.4 again`. */
  name: string;
  /** A known version; absent where an image is given. */
  version?: string;
  /** An image that carries Envoy, whatever its version. */
  image?: string;
  /** The name of the fault that is injected into each chapter, by slug; absent outside a proof. */
  faults?: Record<string, string>;
  /** The faults are mutations of the sweep: once a claim has failed, the others are not tried. */
  sweep?: true;
  /** Keeps the claims in the order of their file: what an earlier claim left, an open connection, is in a later one's observations. */
  inOrder?: true;
  /** Whether a claim that fails leaves a folder of evidence; where it is expected to, that is only in the way. */
  leavesEvidence?: false;
}

const PROJECT = 'Envoy ';

/** The name of the vitest project that a variant's chapters are. */
export function projectOf({ name }: Variant): string {
  return `${PROJECT}${name}`;
}

/** Whether a vitest project is one of chapters; others are the book's own tests. */
export function isVariant(project: string): boolean {
  return project.startsWith(PROJECT);
}

/** The name of the variant that a vitest project is. */
export function variantNameOf(project: string): string {
  return project.slice(PROJECT.length);
}

/** The variant that runs on a known version. */
export function versionVariant(version: string): Variant {
  return { name: version, version };
}

/** The variant that runs on a given image. */
export function imageVariant(image: string): Variant {
  return { name: image, image };
}

const REPEATS = ['again', 'once more'] as const;

/** A variant that is run another time in the same run: `1.36.4 again`. */
export function repeated(variant: Variant, how: (typeof REPEATS)[number]): Variant {
  return { ...variant, name: `${variant.name} ${how}` };
}

/** What was asked for, without how often: `1.36.4`. */
export function askedFor(name: string): string {
  return name.replace(new RegExp(` (${REPEATS.join('|')})$`), '');
}

/**
 * The variants that an environment asks for: `ENVOY_VERSIONS`, a list as `--envoy` takes it, and `ENVOY_IMAGE`, images separated
 * by commas; the newest version where neither is set. `BIGBOOK_VARIANTS`, from a command of the book, has them as they are.
 *
 * @throws UsageError for a version that is not known
 */
export function variantsFrom(env: Record<string, string | undefined>): [Variant, ...Variant[]] {
  if (env.BIGBOOK_VARIANTS) return JSON.parse(env.BIGBOOK_VARIANTS) as [Variant, ...Variant[]];
  const images = (env.ENVOY_IMAGE ?? '').split(',').filter((image) => image !== '');
  const versions = env.ENVOY_VERSIONS ?? (images.length > 0 ? undefined : 'latest');
  const variants = [
    ...(versions === undefined ? [] : parseEnvoys(versions)).map(versionVariant),
    ...images.map((image) => imageVariant(parseImage(image))),
  ];
  const [first, ...more] = variants;
  if (!first) throw new UsageError('no Envoy is asked for');
  return [first, ...more];
}

/**
 * The only variant that is asked for: by an option `--envoy`, or by an environment where that is absent.
 *
 * @param what has one Envoy, for the message: `a proof`
 * @throws UsageError for a version that is not known, or for several
 */
export function onlyVariant(what: string, envoy: string | undefined, env: Record<string, string | undefined>): Variant {
  const [only, ...more] = variantsFrom(envoy === undefined ? env : { ENVOY_VERSIONS: envoy });
  if (more.length > 0) throw new UsageError(`${what} is of one Envoy; name one version`);
  return only;
}

/**
 * A reference to an image, `registry/name:tag` or `name@sha256:…`.
 *
 * @throws UsageError for what the engine would refuse as a name
 */
export function parseImage(text: string): string {
  const image = text.trim();
  if (!/^[a-z0-9][\w./-]*(:\d+\/[\w./-]+)?(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/i.test(image)) {
    throw new UsageError(`${JSON.stringify(text)} is no name of an image, such as envoyproxy/envoy:contrib-v1.40.0`);
  }
  return image;
}

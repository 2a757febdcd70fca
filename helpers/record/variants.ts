import { parseEnvoys } from '../envoy/versions.ts';
import { UsageError } from '../util/errors.ts';

/** One way in which a run's chapters are run: on which Envoy. A run has one arm or several, each a project of vitest's. */
export interface Arm {
  /** Tells it from the run's other arms: `1.36.4`, an image, `1.36.4 again`. */
  name: string;
  /** A known version; absent where an image is given. */
  version?: string;
  /** An image that carries Envoy, whatever its version. */
  image?: string;
  /** The only chapters that it runs, by slug, each with the sabotage that is put in. Absent: all of them, as they are. */
  sabotages?: Record<string, string>;
  /** As `sabotages`, with faults of a sweep: once a claim has failed, the others are not tried. */
  sweep?: Record<string, string>;
  /** Whether a claim that fails leaves a folder of evidence; where it is expected to, that is only in the way. */
  leavesEvidence?: false;
}

const PROJECT = 'Envoy ';

/** The name of the vitest project that an arm's chapters are. */
export function projectOf({ name }: Arm): string {
  return `${PROJECT}${name}`;
}

/** Whether a vitest project is one of chapters; others are the book's own tests. */
export function isArm(project: string): boolean {
  return project.startsWith(PROJECT);
}

/** The name of the arm that a vitest project is. */
export function armNameOf(project: string): string {
  return project.slice(PROJECT.length);
}

/** The arm that runs on a known version. */
export function versionArm(version: string): Arm {
  return { name: version, version };
}

/** The arm that runs on a given image. */
export function imageArm(image: string): Arm {
  return { name: image, image };
}

const REPEATS = ['again', 'once more'] as const;

/** An arm that is run another time in the same run: `1.36.4 again`. */
export function repeated(arm: Arm, how: (typeof REPEATS)[number]): Arm {
  return { ...arm, name: `${arm.name} ${how}` };
}

/** What was asked for, without how often: `1.36.4`. */
export function askedFor(name: string): string {
  return name.replace(new RegExp(` (${REPEATS.join('|')})$`), '');
}

/**
 * The arms that an environment asks for: `ENVOY_VERSIONS`, a list as `--envoy` takes it, and `ENVOY_IMAGE`, images separated
 * by commas; the newest version where neither is set. `BIGBOOK_ARMS`, from a command of the book, has them as they are.
 *
 * @throws UsageError for a version that is not known
 */
export function armsFrom(env: Record<string, string | undefined>): [Arm, ...Arm[]] {
  if (env.BIGBOOK_ARMS) return JSON.parse(env.BIGBOOK_ARMS) as [Arm, ...Arm[]];
  const images = (env.ENVOY_IMAGE ?? '').split(',').filter((image) => image !== '');
  const versions = env.ENVOY_VERSIONS ?? (images.length > 0 ? undefined : 'latest');
  const arms = [
    ...(versions === undefined ? [] : parseEnvoys(versions)).map(versionArm),
    ...images.map((image) => imageArm(parseImage(image))),
  ];
  const [first, ...more] = arms;
  if (!first) throw new UsageError('no Envoy is asked for');
  return [first, ...more];
}

/**
 * The only arm that is asked for: by an option `--envoy`, or by an environment where that is absent.
 *
 * @param what has one Envoy, for the message: `a proof`
 * @throws UsageError for a version that is not known, or for several
 */
export function onlyArm(what: string, envoy: string | undefined, env: Record<string, string | undefined>): Arm {
  const [only, ...more] = armsFrom(envoy === undefined ? env : { ENVOY_VERSIONS: envoy });
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

import { NEWEST, parseEnvoys } from '../../helpers/envoy/versions.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import { chapterSlugs } from '../run/chapters.ts';

/** The chapter and the Envoy version of a lab to start. */
export interface LabChoice {
  slug: string;
  /** One version, as `--envoy` has it. Default: the newest. */
  envoy?: string;
}

/**
 * Checks a choice before anything is started.
 *
 * @returns the Envoy version
 * @throws UsageError for an unknown chapter or version, or several versions
 */
export async function checkChoice({ slug, envoy }: LabChoice): Promise<string> {
  knownName('chapter', slug, await chapterSlugs());
  const [version = NEWEST, ...more] = envoy === undefined ? [] : parseEnvoys(envoy);
  if (more.length > 0) {
    throw new UsageError(
      `a lab has one Envoy, but --envoy ${envoy} names ${more.length + 1}: ${[version, ...more].join(', ')}; name one`,
    );
  }
  return version;
}

import { NEWEST, parseEnvoys } from '../../helpers/envoy/versions.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import { chapterSlugs } from '../run/chapters.ts';

/** A chapter to stand up, and the Envoy to do it with. */
export interface LabChoice {
  slug: string;
  /** One version, as `--envoy` has it. Default: the newest. */
  envoy?: string;
}

/**
 * Says what is wrong with a choice before anything is started.
 *
 * @returns the version of Envoy that is meant
 * @throws UsageError for a chapter or version that is not known, or several versions
 */
export async function checkChoice({ slug, envoy }: LabChoice): Promise<string> {
  knownName('chapter', slug, await chapterSlugs());
  const [version = NEWEST, ...more] = envoy === undefined ? [] : parseEnvoys(envoy);
  if (more.length > 0) {
    throw new UsageError(
      `a lab has one Envoy, and "${envoy}" names ${more.length + 1}: ${[version, ...more].join(', ')}`,
    );
  }
  return version;
}

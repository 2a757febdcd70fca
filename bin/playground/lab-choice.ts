import { withProjectEnvoy } from '../../fixtures/project/settings.ts';
import { type EnvoyChoice, onlyVariant, type Variant } from '../../helpers/record/variants.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import { chapterSlugs } from '../run/chapters.ts';

/** The chapter and the Envoy of a lab to start. Default: the last version of the settings, else the newest. */
export interface LabChoice extends Omit<EnvoyChoice, 'sidecarEnvoy'> {
  slug: string;
}

/**
 * Checks a choice before anything is started.
 *
 * @returns the Envoy
 * @throws UsageError for an unknown chapter or version, or several Envoys
 */
export async function checkChoice({ slug, ...envoys }: LabChoice): Promise<Variant> {
  knownName('chapter', slug, await chapterSlugs());
  return onlyVariant('a lab', envoys, await withProjectEnvoy({}));
}

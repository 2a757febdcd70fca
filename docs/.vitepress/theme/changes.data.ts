import { readFileSync } from 'node:fs';
import { defineLoader } from 'vitepress';
import { PROGRAM_OF_CHECKOUT } from '../../../helpers/constants/program.ts';
import { VERSIONS } from '../../../helpers/envoy/versions.ts';
import { type SiteChange, siteChanges } from '../../../helpers/site/site-changes.ts';

interface VersionChanges {
  /** Oldest first. */
  versions: string[];
  /** The command that compares two versions, without its arguments. */
  compare: string;
  /** Newest first. */
  changes: SiteChange[];
}

declare const data: VersionChanges;

export { data };

/** The known changes, read when the site is built: the browser gets them as plain data. */
export default defineLoader({
  watch: ['../../versions.md'],
  load: ([page = '']): VersionChanges => ({
    versions: VERSIONS,
    compare: `${PROGRAM_OF_CHECKOUT} compare`,
    changes: siteChanges(readFileSync(page, 'utf8')),
  }),
});

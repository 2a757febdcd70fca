import type { ChapterRecord } from '../record/record.ts';
import { counted } from '../report/wording.ts';

/** How far a record covers the declared claims of a chapter. */
export interface Coverage {
  slug: string;
  /** The claims that neither passed nor were skipped, a line each. */
  notPassed: string[];
  /** Why the exchanges on its page cannot be derived from the record; absent where they can. */
  uncovered?: string;
}

/** @param titles the declared claims of a chapter */
export function coverageOf(slug: string, titles: string[], chapters: ChapterRecord[]): Coverage {
  const record = chapters.find((chapter) => chapter.slug === slug);
  if (!record) return { slug, notPassed: [], uncovered: 'the record does not have the chapter' };
  const { claims } = record;
  const notPassed = claims
    .filter(({ outcome }) => outcome !== 'passed' && outcome !== 'skipped')
    .map(({ title, outcome }) => `${slug}: "${title}" ended with ${outcome}`);
  const skipped = claims.filter(({ outcome }) => outcome === 'skipped');
  const missing = titles.filter((title) => !claims.some((claim) => claim.title === title));
  const stray = claims.filter(({ title }) => !titles.includes(title));
  const reasons = [
    notPassed.length > 0 && `${counted(notPassed.length, 'claim')} did not pass`,
    skipped.length > 0 && `${counted(skipped.length, 'claim')} skipped (${skipped[0]?.reason ?? 'no reason given'})`,
    missing.length > 0 && `${counted(missing.length, 'claim')} not in the record, such as "${missing[0]}"`,
    stray.length > 0 && `${counted(stray.length, 'claim')} not declared, such as "${stray[0]?.title}"`,
  ].filter((reason) => reason !== false);
  return { slug, notPassed, ...(reasons.length > 0 && { uncovered: reasons.join('; ') }) };
}

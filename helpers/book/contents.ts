import { ORIGINAL_CHAPTERS } from '../scenario/origin.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** Chapters in the order of the original, each one's variants behind it, by their slugs. */
export function inBookOrder<T extends { scenario: Pick<Scenario, 'slug' | 'origin'> }>(chapters: T[]): T[] {
  const place = ({ scenario: { slug, origin } }: T): string =>
    `${String(ORIGINAL_CHAPTERS.indexOf(origin.chapter)).padStart(3, '0')} ${isVariant({ slug, origin }) ? slug : ''}`;
  return chapters.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** Whether a scenario shows more of an original chapter than the one that has its name. */
export function isVariant({ slug, origin }: Pick<Scenario, 'slug' | 'origin'>): boolean {
  return slug !== origin.chapter;
}

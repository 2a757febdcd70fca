import { ORIGINAL_CHAPTERS } from '../scenario/origin.ts';
import type { Scenario } from '../scenario/scenario.ts';

type Placed = Pick<Scenario, 'slug' | 'origin'>;

/** Chapters in the order of the original, each one's variants behind it, by their slugs; at the end those without an origin. */
export function inBookOrder<T extends { scenario: Placed }>(chapters: T[]): T[] {
  const place = ({ scenario: { slug, origin } }: T): string => {
    const at = origin ? ORIGINAL_CHAPTERS.indexOf(origin.chapter) : ORIGINAL_CHAPTERS.length;
    return `${String(at).padStart(3, '0')} ${slug === origin?.chapter ? '' : slug}`;
  };
  return chapters.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** Whether a scenario shows more of an original chapter than the one that has its name. */
export function isVariant({ slug, origin }: Placed): boolean {
  return origin !== undefined && slug !== origin.chapter;
}

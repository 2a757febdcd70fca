import { ORIGINAL_CHAPTERS } from '../scenario/origin.ts';
import type { Scenario } from '../scenario/scenario.ts';

type Placed = Pick<Scenario, 'slug' | 'origin'>;

/** Chapters in the order of the original, each followed by its variants; others come last. */
export function inBookOrder<T extends { scenario: Placed }>(chapters: T[]): T[] {
  const place = ({ scenario: { slug, origin } }: T): string => {
    const at = origin ? ORIGINAL_CHAPTERS.indexOf(origin.chapter) : ORIGINAL_CHAPTERS.length;
    return `${String(at).padStart(3, '0')} ${slug === origin?.chapter ? '' : slug}`;
  };
  return chapters.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** Whether a scenario varies the chapter of the original that it is derived from. */
export function isVariant({ slug, origin }: Placed): boolean {
  return origin !== undefined && slug !== origin.chapter;
}

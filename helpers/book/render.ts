import { chapterPage } from './chapter-page.ts';
import { inBookOrder } from './contents.ts';
import { indexPage } from './index-page.ts';
import type { BookSources } from './sources.ts';
import { versionsPage } from './versions-page.ts';

/** The generated pages of the book, by their names in `docs/`. */
export function renderBook({ chapters, version }: BookSources): Map<string, string> {
  const sorted = inBookOrder(chapters);
  return new Map([
    ['index.md', indexPage(sorted)],
    ...sorted.map((source) => [`${source.scenario.slug}.md`, chapterPage(source, sorted, version)] as const),
    ['versions.md', versionsPage(sorted)],
  ]);
}

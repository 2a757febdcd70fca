import { limitsExceeded } from '../../helpers/book/check.ts';
import { coverageOf } from '../../helpers/book/coverage.ts';
import { renderBook } from '../../helpers/book/render.ts';
import { EXIT, UsageError } from '../../helpers/util/errors.ts';
import { chooseSuites } from '../run/chapters.ts';
import { generatedPages, removePage, writePage, writeTrace } from './book-files.ts';
import { bookRecord, RECIPE } from './book-record.ts';
import { type Claims, claimsOfTheBook, sourcesOf } from './book-sources.ts';
import { traceChapters } from './traces.ts';

export interface BookOptions {
  /** Default: the newest one in reports/ that has the chapters. */
  record?: string;
  /** Whether labs are traced; by default for pages and not for their check. */
  trace?: boolean;
}

/**
 * Writes the pages of chapters, the index and the page of the versions, and traces the chapters first.
 *
 * @param slugs none stands for all chapters
 * @returns the exit status
 * @throws UsageError without a record in which every claim of these chapters passed
 */
export async function makeBook(slugs: string[], { record: file, trace = true }: BookOptions): Promise<number> {
  const began = performance.now();
  const chosen = await chooseSuites(slugs);
  const record = await bookRecord(file, chosen);
  const claims = await claimsOfTheBook();
  for (const slug of chosen) {
    const { uncovered } = coverageOf(slug, titlesOf(claims, slug), record.chapters);
    if (uncovered !== undefined)
      throw new UsageError(
        `${record.file} does not cover ${slug}: ${uncovered}; a record of a run in order does: ${RECIPE}`,
      );
  }
  log(`pages from ${record.file}`);
  if (trace) for (const [slug, trace] of await traceChapters(chosen)) await writeTrace(slug, trace);

  const sources = await sourcesOf(claims, record.chapters);
  const pages = renderBook(sources);
  const others = [...claims.keys()].filter((slug) => !chosen.includes(slug)).map((slug) => `${slug}.md`);
  const written = [...pages].filter(([name]) => !others.includes(name));
  for (const [name, text] of written) await writePage(name, text);
  for (const name of (await generatedPages()).keys()) if (!pages.has(name)) await removePage(name);
  log(`${written.length} pages in docs/, ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const exceeded = limitsExceeded(chapterPages(claims, await generatedPages()));
  for (const line of exceeded) log(line);
  return exceeded.length > 0 ? EXIT.failed : EXIT.passed;
}

/** The titles of a chapter's declared claims. */
export function titlesOf(claims: Claims, slug: string): string[] {
  return (claims.get(slug) ?? []).map(({ title }) => title);
}

/** The chapter pages among pages, each with its number of claims. */
export function chapterPages(claims: Claims, pages: Map<string, string>): Parameters<typeof limitsExceeded>[0] {
  return [...claims].flatMap(([slug, declared]) => {
    const name = `${slug}.md`;
    const text = pages.get(name);
    return text === undefined ? [] : [{ name, text, claims: declared.length }];
  });
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

import { limitsExceeded, pageDifferences, withoutExchanges } from '../../helpers/book/check.ts';
import { coverageOf } from '../../helpers/book/coverage.ts';
import { renderBook } from '../../helpers/book/render.ts';
import { formatTrace } from '../../helpers/book/request-trace.ts';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { traceFile } from '../../helpers/scenario/suite-files.ts';
import { EXIT } from '../../helpers/util/errors.ts';
import { chooseSuites } from '../run/chapters.ts';
import { generatedPages, readTrace } from './book-files.ts';
import { bookRecord } from './book-record.ts';
import { claimsOfTheBook, sourcesOf } from './book-sources.ts';
import { type BookOptions, chapterPages, titlesOf } from './make-book.ts';
import { traceChapters } from './traces.ts';

/**
 * Prints how docs/ differs from what a record, the traces and the known changes give, and what could not be checked.
 *
 * @returns the exit status
 * @throws UsageError without a record
 */
export async function checkBook({ record: file, trace = false }: BookOptions): Promise<number> {
  const slugs = await chooseSuites([]);
  const record = await bookRecord(file, slugs);
  const claims = await claimsOfTheBook();
  const coverage = slugs.map((slug) => coverageOf(slug, titlesOf(claims, slug), record.chapters));
  const uncovered = coverage.filter((chapter) => chapter.uncovered !== undefined);
  const isUncovered = (slug: string): boolean => uncovered.some((chapter) => chapter.slug === slug);
  const covered = record.chapters.filter(({ slug }) => !isUncovered(slug));

  const are = await generatedPages();
  const comparable = new Map(
    [...are].map(([name, text]) => [name, isUncovered(name.replace(/\.md$/, '')) ? withoutExchanges(text) : text]),
  );
  const differences = [
    ...coverage.flatMap(({ notPassed }) => notPassed.map((line) => `${record.file}: ${line}`)),
    ...pageDifferences(renderBook(await sourcesOf(claims, covered)), comparable),
    ...limitsExceeded(chapterPages(claims, are)),
    ...(trace ? await traceDifferences(slugs) : []),
  ];
  const unchecked = [
    ...[...new Set(uncovered.map((chapter) => chapter.uncovered))].map((why) => {
      const same = uncovered.filter((chapter) => chapter.uncovered === why).map(({ slug }) => slug);
      return `the exchanges of ${same.join(', ')}: ${why}`;
    }),
    ...(trace
      ? []
      : [`the traces (${traceFile('*')}): \`${PROGRAM} book --check --trace\` traces every chapter again`]),
  ];
  const verdict =
    differences.length === 0
      ? `docs/ agrees with ${record.file}`
      : '`npm run book` writes docs/ again; commit what it changes';
  print([...differences, ...unchecked.map((line) => `not checked: ${line}`), verdict]);
  return differences.length === 0 ? EXIT.passed : EXIT.failed;
}

async function traceDifferences(slugs: string[]): Promise<string[]> {
  const traces = await traceChapters(slugs);
  const lines = await Promise.all(
    [...traces].map(async ([slug, trace]) => {
      const known = await readTrace(slug);
      if (!known) return `${traceFile(slug)} is missing`;
      const [is, now] = [formatTrace(known).split('\n'), formatTrace(trace).split('\n')];
      const at = now.findIndex((line, index) => line !== is[index]);
      return at < 0 && is.length === now.length
        ? undefined
        : `${traceFile(slug)}: line ${at + 1} is ${is[at]?.trim()}, traced ${now[at]?.trim()}`;
    }),
  );
  return lines.filter((line) => line !== undefined).sort();
}

function print(lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

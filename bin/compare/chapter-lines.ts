import type { Reporter, TestSpecification } from 'vitest/node';
import { isVariant, variantNameOf } from '../../helpers/record/variants.ts';
import { outcomeOfErrors } from '../../helpers/record/verdict.ts';
import { duration } from '../../helpers/report/wording.ts';
import { slugOf } from '../../helpers/scenario/suite-files.ts';

/** A chapter whose runs are under way. */
interface ChapterSoFar {
  /** The number of variants whose claims have not all ended. */
  left: number;
  /** Absent until its first claim starts. */
  began?: number;
  /** Claims by outcome, by the name of the variant in the order of the run. */
  counts: Map<string, Map<string, number>>;
}

/**
 * Prints one line for each chapter when its claims have ended on every variant:
 * `2/20 tcp-proxy: 14 passed on 1.36.4, 14 passed on 1.40.0; 4.1 s`.
 */
export class ChapterLines {
  readonly #print: (line: string) => void;
  readonly #now: () => number;
  readonly #chapters = new Map<string, ChapterSoFar>();
  #ended = 0;

  constructor(print: (line: string) => void, now = () => performance.now()) {
    this.#print = print;
    this.#now = now;
  }

  plan(slug: string, variant: string): void {
    const chapter: ChapterSoFar = this.#chapters.get(slug) ?? { left: 0, counts: new Map() };
    chapter.left += 1;
    chapter.counts.set(variant, new Map());
    this.#chapters.set(slug, chapter);
  }

  started(slug: string): void {
    const chapter = this.#chapters.get(slug);
    if (chapter) chapter.began ??= this.#now();
  }

  claimEnded(slug: string, variant: string, outcome: string): void {
    const counts = this.#chapters.get(slug)?.counts.get(variant);
    counts?.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }

  ended(slug: string): void {
    const chapter = this.#chapters.get(slug);
    if (!chapter) return;
    chapter.left -= 1;
    if (chapter.left > 0) return;
    this.#ended += 1;
    const each = [...chapter.counts].map(([variant, counts]) => `${described(counts)} on ${variant}`);
    const now = this.#now();
    const took = duration(now - (chapter.began ?? now));
    this.#print(`${this.#ended}/${this.#chapters.size} ${slug}: ${each.join(', ')}; ${took}`);
  }
}

function described(counts: Map<string, number>): string {
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(' and ') || 'no claim ran';
}

/** Feeds the events of a vitest run to its lines. */
export function chapterLinesReporter(lines: ChapterLines): Reporter {
  return {
    onTestRunStart: (files) => {
      for (const file of files.filter(isOfChapter)) lines.plan(slugOf(file.moduleId), variantNameOf(file));
    },
    onTestModuleStart: ({ moduleId }) => lines.started(slugOf(moduleId)),
    onTestCaseResult: (test) => {
      const { state, errors } = test.result();
      if (state === 'pending') return;
      const isError = state === 'failed' && outcomeOfErrors(errors) !== 'failed';
      lines.claimEnded(slugOf(test.module.moduleId), variantNameOf(test.module), isError ? 'error' : state);
    },
    onTestModuleEnd: ({ moduleId }) => lines.ended(slugOf(moduleId)),
  };
}

function isOfChapter({ project }: TestSpecification): boolean {
  return isVariant(project.name);
}

import type { Reporter, TestCase, TestModule, TestSpecification } from 'vitest/node';
import { isVariant, variantNameOf } from '../../helpers/record/variants.ts';
import { outcomeOfErrors } from '../../helpers/record/verdict.ts';

/** A run on one variant that is under way. */
interface RunSoFar {
  /** The number of files that have not ended. */
  files: number;
  /** Absent until its first file starts. */
  began?: number;
  counts: Map<string, number>;
}

/** Prints one line for each run when it ends: `1.36.4: 395 passed in 41 s`. */
export class RunLines {
  readonly #print: (line: string) => void;
  readonly #now: () => number;
  readonly #runs = new Map<string, RunSoFar>();

  constructor(print: (line: string) => void, now = () => performance.now()) {
    this.#print = print;
    this.#now = now;
  }

  /** @param files the name of the variant of each file */
  start(files: string[]): void {
    for (const name of files) {
      const run = this.#runs.get(name) ?? { files: 0, counts: new Map() };
      run.files += 1;
      this.#runs.set(name, run);
    }
  }

  fileStarted(name: string): void {
    const run = this.#runs.get(name);
    if (run) run.began ??= this.#now();
  }

  claimEnded(name: string, outcome: string): void {
    const counts = this.#runs.get(name)?.counts;
    counts?.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }

  fileEnded(name: string): void {
    const run = this.#runs.get(name);
    if (!run) return;
    run.files -= 1;
    if (run.files > 0) return;
    const counts = [...run.counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'no claim ran';
    const now = this.#now();
    this.#print(`${name}: ${counts} in ${Math.round((now - (run.began ?? now)) / 1000)} s`);
  }
}

/** Feeds the events of a vitest run to its lines. */
export function runLinesReporter(lines: RunLines): Reporter {
  const nameOf = ({ project }: TestSpecification | TestModule | TestCase): string => variantNameOf(project.name);
  return {
    onTestRunStart: (files) => lines.start(files.filter(({ project }) => isVariant(project.name)).map(nameOf)),
    onTestModuleStart: (module) => lines.fileStarted(nameOf(module)),
    onTestCaseResult: (test) => {
      const { state, errors } = test.result();
      if (state === 'pending') return;
      const isError = state === 'failed' && outcomeOfErrors(errors) !== 'failed';
      lines.claimEnded(nameOf(test), isError ? 'error' : state);
    },
    onTestModuleEnd: (module) => lines.fileEnded(nameOf(module)),
  };
}

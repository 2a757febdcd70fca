import type { Reporter, SerializedError, TestCase, TestModule, TestRunEndReason } from 'vitest/node';
import { projectRoot } from '../../helpers/constants/project.mjs';
import type { TrialClaim } from '../../helpers/record/proof.ts';
import { variantNameOf } from '../../helpers/record/variants.ts';
import { outcomeOfErrors } from '../../helpers/record/verdict.ts';
import { slugOf } from '../../helpers/scenario/suite-files.ts';
import { claimName } from '../vitest/claim-name.ts';
import { errorText } from '../vitest/error-text.ts';

/** @param trial how long the chapter took with its lab, in milliseconds, and whether that lab ever stood */
type Ended = (variant: string, slug: string, claims: TrialClaim[], trial: { ms: number; stood: boolean }) => void;

/** Gathers how the claims of each chapter ended on each variant. */
export class ProofReporter implements Reporter {
  /** What went wrong outside every claim. */
  readonly errors: string[] = [];
  interrupted = false;
  readonly #ended: Ended;

  /** @param ended is told of each chapter once all of its claims have ended on a variant */
  constructor(ended: Ended) {
    this.#ended = ended;
  }

  onTestModuleEnd(module: TestModule): void {
    const slug = slugOf(module.moduleId);
    for (const error of module.errors()) this.errors.push(`${slug}: ${errorText(error, projectRoot)}`);
    const claims = [...module.children.allTests()].map(claimOf);
    const stood = [...module.children.allTests()].some((test) => test.meta().bigbook?.chapter.labStartMs !== undefined);
    this.#ended(variantNameOf(module.project.name), slug, claims, { ms: module.diagnostic().duration, stood });
  }

  onTestRunEnd(_: unknown, unhandled: ReadonlyArray<SerializedError>, reason: TestRunEndReason): void {
    this.interrupted = reason === 'interrupted';
    for (const error of unhandled) this.errors.push(`outside every claim: ${errorText(error, projectRoot)}`);
  }
}

function claimOf(test: TestCase): TrialClaim {
  const { title } = claimName(test);
  const { state, errors } = test.result();
  if (state === 'passed') return { title, outcome: 'held' };
  if (state === 'skipped') return { title, outcome: 'skipped' };
  // The first error decides: after an assertion that failed, trouble with putting the lab back does not excuse it.
  const outcome = outcomeOfErrors(errors);
  const error = [...new Set(errors?.map((each) => errorText(each, projectRoot)))].join('\n\n');
  return { title, outcome, error };
}

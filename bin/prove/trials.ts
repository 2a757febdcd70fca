import { join } from 'node:path';
import type {
  Reporter,
  SerializedError,
  TestCase,
  TestModule,
  TestProject,
  TestRunEndReason,
  TestSpecification,
} from 'vitest/node';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { HASTY } from '../../helpers/constants/timeouts.ts';
import type { Plan, TrialRecord } from '../../helpers/record/proof.ts';
import { projectOf, type Variant } from '../../helpers/record/variants.ts';
import { claimsFile, faultOf, slugOf, trialModule } from '../../helpers/scenario/suite-files.ts';
import { given } from '../../helpers/util/given.ts';
import { withVitest } from '../run/run-chapters.ts';
import { type ClaimName, claimsPattern } from '../vitest/claim-name.ts';
import { errorText } from '../vitest/error-text.ts';
import { RunRecorder } from '../vitest/run-recorder.ts';

/** A chapter to run with a fault injected. */
export interface PlannedTrial {
  slug: string;
  fault: string;
  /** The claims to run. Default: all. */
  claims?: ClaimName[];
}

/** A run of a chapter with a fault injected. */
export interface Trial {
  /** Without claims where the chapter did not load. */
  record: TrialRecord & { fault: string };
  /** The version of its Envoy, where one started. */
  version?: string;
  /** Includes the start and end of the lab. */
  ms: number;
  /** Every claim of the chapter ended, and nothing failed outside them. */
  complete: boolean;
}

/** The trials of a chapter's faults. */
export function plannedOf({
  slug,
  faults,
  claims,
  cover,
}: Pick<Plan, 'slug' | 'faults'> & Partial<Pick<Plan, 'claims' | 'cover'>>): PlannedTrial[] {
  return faults.map((fault) => {
    const titles = cover?.get(fault);
    return { slug, fault, ...given({ claims: titles && claims?.filter(({ title }) => titles.includes(title)) }) };
  });
}

/** The modules of trials for vitest. */
function specificationsOf(project: TestProject, trials: PlannedTrial[]): TestSpecification[] {
  return trials.map(({ slug, fault, claims }) =>
    project.createSpecification(
      trialModule(join(projectRoot, claimsFile(slug)), fault),
      given({ testNamePattern: claims && claimsPattern(claims) }),
    ),
  );
}

/** Reports the record of each trial when its last claim has ended. */
class TrialReporter implements Reporter {
  /** Errors outside every claim. */
  readonly errors: string[] = [];
  interrupted = false;
  /** By the test module's id. */
  readonly #recorders = new Map<string, RunRecorder>();
  readonly #ended: (trial: Trial) => void;

  constructor(ended: (trial: Trial) => void) {
    this.#ended = ended;
  }

  /** Trials that have not ended are not reported. */
  onInterrupt(): void {
    this.interrupted = true;
  }

  onTestCaseResult(test: TestCase): void {
    const { moduleId } = test.module;
    const recorder = this.#recorders.get(moduleId) ?? new RunRecorder(projectRoot, moduleId);
    this.#recorders.set(moduleId, recorder);
    recorder.addClaim(test);
  }

  /** Adds claims whose result vitest reports after the end of their module: it reports batches of events in parallel. */
  #addLate(module: TestModule): void {
    for (const test of module.children.allTests())
      if (['passed', 'failed'].includes(test.result().state)) this.onTestCaseResult(test);
  }

  onTestModuleEnd(module: TestModule): void {
    const { moduleId } = module;
    const slug = slugOf(moduleId);
    const fault = faultOf(moduleId);
    for (const error of module.errors()) this.errors.push(`${slug}: ${errorText(error, projectRoot)}`);
    this.#addLate(module);
    const [envoy] = this.#recorders.get(moduleId)?.record({ ended: true }).envoys ?? [];
    this.#recorders.delete(moduleId);
    if (this.interrupted || fault === undefined) return;
    const ended = [...module.children.allTests()].every((test) => test.result().state !== 'pending');
    const record = envoy?.chapters[0] ?? { slug, title: slug, requirement: '', topology: '', claims: [] };
    this.#ended({
      record: { ...record, fault },
      ...given({ version: envoy?.build?.version }),
      ms: module.diagnostic().duration,
      complete: ended && module.errors().length === 0,
    });
  }

  onTestRunEnd(_: unknown, unhandled: ReadonlyArray<SerializedError>, reason: TestRunEndReason): void {
    this.interrupted ||= reason === 'interrupted';
    for (const error of unhandled) this.errors.push(`outside every claim: ${errorText(error, projectRoot)}`);
  }
}

/**
 * Runs chapters with faults injected.
 *
 * @param batches trials that share one queue of all workers; the next batch is asked for when one has ended
 * @param variant says which kind of faults they are, and whether a claim that fails leaves a bundle
 * @param ended receives each trial at its end
 * @throws the error of the set-up
 */
export async function runTrials(
  batches: Iterable<PlannedTrial[]>,
  variant: Variant,
  ended: (trial: Trial) => void,
): Promise<{ errors: string[]; interrupted: boolean }> {
  const reporter = new TrialReporter(ended);
  process.env[HASTY] = '1';
  const refused = await withVitest([variant], reporter, { quiet: true }, async (vitest) => {
    const project = vitest.getProjectByName(projectOf(variant));
    for (const batch of batches) {
      await vitest.runTestSpecifications(specificationsOf(project, batch));
      if (reporter.interrupted) break;
    }
  });
  if (refused) throw refused;
  return reporter;
}

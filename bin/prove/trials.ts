import { join } from 'node:path';
import type { Reporter, SerializedError, TestCase, TestModule, TestRunEndReason } from 'vitest/node';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { HASTY } from '../../helpers/constants/timeouts.ts';
import type { ChapterRecord } from '../../helpers/record/record.ts';
import { projectOf, repeated, type Variant, variantNameOf } from '../../helpers/record/variants.ts';
import { claimsFile, slugOf } from '../../helpers/scenario/suite-files.ts';
import { withVitest } from '../run/run-chapters.ts';
import { errorText } from '../vitest/error-text.ts';
import { RunRecorder } from '../vitest/run-recorder.ts';

/** A run of a chapter with a fault injected. */
export interface Trial {
  /** Without claims where the chapter did not load. */
  record: ChapterRecord & { fault: string };
  /** The version of its Envoy, where one started. */
  version?: string;
  /** Includes the start and end of the lab. */
  ms: number;
}

type Ended = (variant: string, slug: string, trial: Omit<Trial, 'record'> & { record?: ChapterRecord }) => void;

/** Reports the record of each chapter when its last claim has ended. */
class TrialReporter implements Reporter {
  /** Errors outside every claim. */
  readonly errors: string[] = [];
  interrupted = false;
  readonly #recorder = new RunRecorder(projectRoot, 'trials');
  readonly #ended: Ended;

  constructor(ended: Ended) {
    this.#ended = ended;
  }

  /** Trials that have not ended are not reported. */
  onInterrupt(): void {
    this.interrupted = true;
  }

  onTestCaseResult(test: TestCase): void {
    this.#recorder.addClaim(test);
  }

  onTestModuleEnd(module: TestModule): void {
    const slug = slugOf(module.moduleId);
    for (const error of module.errors()) this.errors.push(`${slug}: ${errorText(error, projectRoot)}`);
    const seen = this.#recorder.takeChapter(module);
    if (this.interrupted) return;
    this.#ended(variantNameOf(module.project.name), slug, { ...seen, ms: module.diagnostic().duration });
  }

  onTestRunEnd(_: unknown, unhandled: ReadonlyArray<SerializedError>, reason: TestRunEndReason): void {
    this.interrupted ||= reason === 'interrupted';
    for (const error of unhandled) this.errors.push(`outside every claim: ${errorText(error, projectRoot)}`);
  }
}

/**
 * Runs chapters once with each of their faults injected.
 *
 * @param how whether the faults are mutations, and whether a claim that fails leaves a bundle
 * @param ended receives each trial at its end
 * @param skip whether a fault needs no trial any more
 * @throws the error of the set-up
 */
export async function runTrials(
  chapters: { slug: string; faults: string[] }[],
  variant: Variant,
  how: Pick<Variant, 'sweep' | 'leavesEvidence'>,
  ended: (trial: Trial) => void,
  skip: (slug: string, fault: string) => boolean = () => false,
): Promise<{ errors: string[]; interrupted: boolean }> {
  // Two variants, so that two faults of the same chapter run side by side.
  const variants = [variant, repeated(variant, 'again')].map((variant) => ({ ...variant, ...how, faults: {} }));
  const injected = new Map<string, Record<string, string>>();
  const reporter = new TrialReporter((variant, slug, { record, ...rest }) => {
    const fault = injected.get(variant)?.[slug];
    const nothing = { slug, title: slug, requirement: '', topology: '', claims: [] };
    if (fault !== undefined) ended({ record: { ...(record ?? nothing), fault }, ...rest });
  });
  const most = Math.max(0, ...chapters.map(({ faults }) => faults.length));
  process.env[HASTY] = '1';
  const refused = await withVitest(variants, reporter, { quiet: true }, async (vitest) => {
    for (let at = 0; at < most && !reporter.interrupted; at += variants.length) {
      const files = variants.flatMap((variant, nth) => {
        const project = vitest.getProjectByName(projectOf(variant));
        const faults = Object.fromEntries(
          chapters.flatMap(({ slug, faults: all }) => {
            const fault = all[at + nth];
            return fault === undefined || skip(slug, fault) ? [] : [[slug, fault]];
          }),
        );
        injected.set(variant.name, faults);
        project.provide('variant', { ...variant, faults });
        return Object.keys(faults).map((slug) => project.createSpecification(join(projectRoot, claimsFile(slug))));
      });
      await vitest.runTestSpecifications(files);
    }
  });
  if (refused) throw refused;
  return reporter;
}

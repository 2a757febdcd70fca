import { join } from 'node:path';
import type { Reporter, TestCase } from 'vitest/node';
import { projectRoot } from '../../helpers/constants/project.mjs';
import type { EnvoyRecord } from '../../helpers/record/record.ts';
import { projectOf, type Variant } from '../../helpers/record/variants.ts';
import { claimsFile, variantModule } from '../../helpers/scenario/suite-files.ts';
import { given } from '../../helpers/util/given.ts';
import type { ClaimName } from '../vitest/claim-name.ts';
import { RunRecorder } from '../vitest/run-recorder.ts';
import { withVitest } from './run-chapters.ts';

/** Records runs without reports. */
class UnreportedRun implements Reporter {
  readonly recorder = new RunRecorder(projectRoot, 'unreported');
  interrupted = false;

  onTestCaseResult(test: TestCase): void {
    this.recorder.addClaim(test);
  }

  onInterrupt(): void {
    this.interrupted = true;
  }
}

/**
 * Runs claims of chapters on variants, each on a fresh Envoy, without reports.
 *
 * @param claims all where it is absent
 * @returns undefined where the user has interrupted the runs
 * @throws the error of a failed set-up
 */
export async function runUnreported(
  variants: Variant[],
  slugs: string[],
  claims?: ClaimName[],
): Promise<EnvoyRecord[] | undefined> {
  const [first] = variants;
  if (!first) return [];
  const reporter = new UnreportedRun();
  const refused = await withVitest(
    variants,
    reporter,
    { quiet: true, progress: {}, ...given({ claims }) },
    (vitest) => {
      const project = vitest.getProjectByName(projectOf(first));
      const modules = slugs.flatMap((slug) => {
        const path = join(projectRoot, claimsFile(slug));
        return variants.map((variant) => (variant === first ? path : variantModule(path, variant.name)));
      });
      return vitest.runTestSpecifications(modules.map((id) => project.createSpecification(id)));
    },
  );
  if (refused) throw refused;
  return reporter.interrupted ? undefined : reporter.recorder.record({ ended: true }).envoys;
}

import { inject, type RunnerTestFile, type RunnerTestSuite, TestRunner } from 'vitest';
import type {} from '../../fixtures/global-setup.ts';
import { claimOrderOf } from '../../helpers/record/variants.ts';
import { randomFrom, shuffled } from '../../helpers/util/shuffled.ts';
import { changesEnvoyLast, shuffleClaims } from './claim-order.ts';

/**
 * Runs the claims of chapters in the order of the variant. Vitest has passed its tree to reporters before,
 * which therefore keep the order of the file; `sequence.shuffle` would apply to tests of the harness too.
 */
export default class ClaimRunner extends TestRunner {
  /** Called by vitest after it has collected a file. */
  onBeforeRunFiles(files: RunnerTestFile[]): void {
    if (claimOrderOf(inject('variant')) === 'as in the file') return;
    for (const file of files) {
      const random = randomFrom(this.config.sequence.seed);
      shuffleClaims(file, (tasks) => shuffled(tasks, random));
      const whole = new Set<object>(groupsIn(file).filter(hasSetUp));
      changesEnvoyLast(file, (group) => whole.has(group));
    }
  }
}

function groupsIn(suite: RunnerTestSuite): RunnerTestSuite[] {
  return suite.tasks.flatMap((task) => (task.type === 'suite' ? [task, ...groupsIn(task)] : []));
}

/** Whether vitest does something before or after all claims of a group. */
function hasSetUp(group: RunnerTestSuite): boolean {
  const { beforeAll, afterAll, aroundAll } = TestRunner.getSuiteHooks(group);
  return beforeAll.length + afterAll.length + aroundAll.length > 0;
}

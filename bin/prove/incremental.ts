import { join } from 'node:path';
import { stateFolder } from '../../fixtures/setup/state-folder.mjs';
import type { Variant } from '../../helpers/record/variants.ts';
import { messageOf } from '../../helpers/util/errors.ts';
import { KeptTrials } from './kept-trials.ts';
import { TrialKeys } from './trial-keys.ts';
import { type PlannedTrial, runTrials, type Trial } from './trials.ts';

/** The parts of an incremental run. */
interface Parts {
  kept: KeptTrials;
  run: typeof runTrials;
  keysOf: (...of: Parameters<typeof TrialKeys.of>) => Promise<Pick<TrialKeys, 'of' | 'hold'>>;
}

/**
 * Reports the results of earlier runs whose inputs are all equal.
 *
 * @param isReusable whether a kept result may be used
 * @param ended receives each reused trial
 * @returns the trials that are left, and a `runTrials` that keeps its results
 * @throws UsageError for a scenario that is not plain data, SetupError from the set-up
 */
export async function reuseTrials(
  planned: PlannedTrial[],
  variant: Variant,
  isReusable: (trial: Trial) => boolean,
  ended: (trial: Trial) => void,
  { kept = new KeptTrials(join(stateFolder(), 'trials')), run = runTrials, keysOf = TrialKeys.of }: Partial<Parts> = {},
): Promise<{ left: PlannedTrial[]; run: typeof runTrials }> {
  const keys = await keysOf(planned, variant);
  const left = planned.filter((plan) => {
    const trial = kept.find(keys.of(plan));
    if (!trial || !isReusable(trial)) return true;
    ended({ ...trial, record: { ...trial.record, reused: true } });
    return false;
  });
  if (left.length === 0) return { left, run: async () => ({ errors: [], interrupted: false }) };
  return { left, run: keeping(run, kept, keys) };
}

/** A `runTrials` that keeps its results. */
function keeping(run: typeof runTrials, kept: KeptTrials, keys: Pick<TrialKeys, 'of' | 'hold'>): typeof runTrials {
  return async (batches, variant, ended) => {
    const added: string[] = [];
    const failures = new Set<string>();
    const keep = (trial: Trial): void => {
      // The trial may have loaded other files than its key was made of.
      if (!keys.hold(trial.record)) return;
      const key = keys.of(trial.record);
      try {
        kept.keep(key, trial);
        added.push(key);
      } catch (error) {
        failures.add(messageOf(error));
      }
    };
    const result = await run(batches, variant, (trial) => {
      keep(trial);
      ended(trial);
    });
    // An error outside every claim may belong to any of the trials.
    if (result.errors.length > 0) for (const key of added) kept.forget(key);
    kept.prune();
    for (const failure of failures) process.stderr.write(`bigbook: results are not kept: ${failure}\n`);
    return result;
  };
}

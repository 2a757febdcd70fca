import { ENDING_SIGNALS } from '../../helpers/util/ending-signals.ts';
import { EXIT } from '../../helpers/util/errors.ts';

/** Ctrl-C or another signal ended the work. */
class Interrupted extends Error {}

/**
 * Does work that ends early, and cleans up, once its signal is aborted: by the first Ctrl-C. The
 * second one ends this process at once.
 *
 * @returns the exit status
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('\nbigbook: interrupted; stopping (press Ctrl-C again to exit at once)\n');
    stop.abort(new Interrupted());
  };
  for (const name of ENDING_SIGNALS) process.on(name, onSignal);
  try {
    await work(stop.signal);
    return EXIT.passed;
  } catch (error) {
    // An error after the interruption is its consequence.
    if (!stop.signal.aborted) throw error;
    return EXIT.interrupted;
  } finally {
    for (const name of ENDING_SIGNALS) process.off(name, onSignal);
  }
}

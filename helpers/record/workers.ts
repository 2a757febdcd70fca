import { UsageError } from '../util/errors.ts';

/** Two keep two cores busy, the third one fills their fixed waits, and a fourth gained nothing. */
export const DEFAULT_WORKERS = 3;

/** Claims wait longer for what a fault prevents: a fourth worker saves an eighth of the time of a proof. */
export const TRIAL_WORKERS = 4;

/** How many chapters run at once: `BIGBOOK_WORKERS`, or the default. @throws UsageError for an invalid number */
export function workersFrom(env: Record<string, string | undefined>): number {
  const { BIGBOOK_WORKERS: text } = env;
  if (text === undefined) return DEFAULT_WORKERS;
  if (!/^[1-9]\d*$/.test(text))
    throw new UsageError(`BIGBOOK_WORKERS is ${JSON.stringify(text)}, expected a whole number from 1`);
  return Number(text);
}

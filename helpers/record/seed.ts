import { UsageError } from '../util/errors.ts';

/** New seeds are below this, so that they are short to type. */
const LIMIT = 1_000_000;

/** The seed of the order of claims: `BIGBOOK_SEED`, or a new one. @throws UsageError for an invalid one */
export function seedFrom(env: Record<string, string | undefined>): number {
  return env.BIGBOOK_SEED === undefined ? Math.floor(Math.random() * LIMIT) : parseSeed(env.BIGBOOK_SEED);
}

/** @throws UsageError for an invalid seed */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new UsageError(
      `--seed ${JSON.stringify(text)} is no whole number such as 4711, which the run to repeat printed`,
    );
  }
  return seed;
}

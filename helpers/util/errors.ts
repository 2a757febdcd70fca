export { SetupError } from './setup-error.mjs';

/** Exit statuses of every command. `interrupted` is 128 and the number of SIGINT, as a shell reports it. */
export const EXIT = { held: 0, failed: 1, usage: 2, setup: 3, interrupted: 130 } as const;

/** Wrong usage or input: the command line prints the message alone, on one line, and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * What happened is not what the claim that runs is about: a failed assertion, made where the outcome is seen and not in the
 * claim itself. Reporters go by the name.
 */
export class OutcomeError extends Error {
  override readonly name = 'AssertionError';
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

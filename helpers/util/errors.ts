import { stripVTControlCharacters } from 'node:util';

export { SetupError } from './setup-error.mjs';

/** Exit statuses of every command. `interrupted` is 128 + SIGINT, as in shells. */
export const EXIT = { passed: 0, failed: 1, usage: 2, setup: 3, interrupted: 130 } as const;

/** Wrong usage or input: the command prints the message alone and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A failed assertion that the harness makes on behalf of a claim. Reporters read the name. */
export class OutcomeError extends Error {
  override readonly name = 'AssertionError';
}

/** The message of anything that was thrown, without the colours that parsers of source text add. */
export function messageOf(error: unknown): string {
  const isError = typeof error === 'object' && error !== null && 'message' in error;
  return stripVTControlCharacters(String(isError ? error.message : error));
}

/** Exit statuses of every command. */
export const EXIT = { held: 0, failed: 1, usage: 2, setup: 3 } as const;

/** Wrong usage or input: the command line prints the message alone, on one line, and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * The engine, an image or a lab could not be had: not a claim that failed. Exit status 3.
 *
 * @property part what could not be had, as a user would name it: `engine`, `image envoy 1.40.0`, `lab original-dst: Envoy`
 * @property text the message alone, without part, hint and detail
 * @property hint what to do about it, one sentence
 * @property detail the part's own last output, shown as a block
 */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  readonly part: string;
  readonly text: string;
  readonly hint: string | undefined;
  readonly detail: string | undefined;

  constructor(part: string, message: string, more: { hint?: string; detail?: string; cause?: unknown } = {}) {
    const lines = [`${part}: ${message}`];
    if (more.hint !== undefined) lines.push(`  → ${more.hint}`);
    if (more.detail?.trim()) {
      lines.push(
        ...more.detail
          .trimEnd()
          .split('\n')
          .map((line) => `  │ ${line}`),
      );
    }
    super(lines.join('\n'), more.cause === undefined ? undefined : { cause: more.cause });
    this.part = part;
    this.text = message;
    this.hint = more.hint;
    this.detail = more.detail;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

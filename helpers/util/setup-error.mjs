/**
 * The engine, an image or a lab is not available. Exit status 3.
 *
 * Plain JavaScript: set-up throws it before TypeScript can be loaded. Others import it from
 * errors.ts.
 */
export class SetupError extends Error {
  /** @override */
  name = /** @type {const} */ ('SetupError');

  /**
   * @param {string} part what is not available: `engine`, `image envoy 1.40.0`, `lab original-dst: Envoy`
   * @param {string} text what was expected and what was found
   * @param {{ hint?: string, detail?: string, cause?: unknown }} [more] what to do about it, one sentence; the part's own
   *   last output, shown as a block
   */
  constructor(part, text, more = {}) {
    const lines = [`${part}: ${text}`];
    if (more.hint !== undefined) lines.push(`  → ${more.hint}`);
    if (more.detail?.trim()) for (const line of more.detail.trimEnd().split('\n')) lines.push(`  │ ${line}`);
    super(lines.join('\n'), more.cause === undefined ? undefined : { cause: more.cause });
    this.part = part;
    this.text = text;
    this.hint = more.hint;
    this.detail = more.detail;
  }
}

import { UsageError } from '../../util/errors.ts';

/** `${NAME}`, `${NAME:-default}` or, in capitals, `$NAME`; `$$` is no variable. */
const VARIABLE = /(?<!\$)\$(?:\{([A-Za-z_]\w*)(?::?-([^}\n]*))?\}|([A-Z_][A-Z0-9_]+)\b)/g;

/** A text with its variables filled in. */
export interface Filled {
  text: string;
  /** The names of those that were filled in. */
  filled: string[];
}

/**
 * Fills variables in, as `envsubst` does. Those in comments may be unset.
 *
 * @param name for messages: the path of the file
 * @throws UsageError in one line that lists the unset ones
 */
export function fillVariables(text: string, values: Record<string, string>, name: string): Filled {
  const { unset, ...filled } = filledIn(text, values);
  expectSet(unset, name);
  return filled;
}

/** The variables of a text that need a value. */
export function unsetVariables(text: string): string[] {
  return filledIn(text, {}).unset;
}

function filledIn(text: string, values: Record<string, string>): Filled & { unset: string[] } {
  const filled = new Set<string>();
  const unset = new Set<string>();
  const lines = text.split('\n').map((line) => {
    const comment = /(?:^|\s)#/.exec(line)?.index ?? line.length;
    return line.replaceAll(VARIABLE, (whole, braced?: string, fallback?: string, bare?: string, at?: number) => {
      const variable = braced ?? bare ?? '';
      const value = values[variable] ?? fallback;
      if (value !== undefined) {
        filled.add(variable);
        return value;
      }
      if ((at ?? 0) < comment) unset.add(variable);
      return whole;
    });
  });
  return { text: lines.join('\n'), filled: [...filled], unset: [...unset] };
}

/** @throws UsageError that lists variables without a value */
export function expectSet(unset: string[], name: string): void {
  if (unset.length === 0) return;
  const options = unset.map((variable) => `--env ${variable}=…`).join(' ');
  const [are, variables] = unset.length === 1 ? ['is', 'the variable'] : ['are', 'the variables'];
  throw new UsageError(`${name}: ${variables} ${unset.join(', ')} ${are} unset; set ${options}`);
}

/** Reads `NAME=VALUE` options. @throws UsageError */
export function readVariables(options: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    options.map((option) => {
      const [, name, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(option) ?? [];
      if (name === undefined || value === undefined)
        throw new UsageError(`--env ${JSON.stringify(option.split('=', 1)[0])} is not NAME=VALUE, such as PORT=8080`);
      return [name, value];
    }),
  );
}

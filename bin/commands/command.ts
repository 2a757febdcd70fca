import { Command } from 'commander';
import { PROGRAM } from '../../helpers/constants/program.ts';

/**
 * A subcommand whose help ends with examples.
 *
 * @param examples command lines without the program's name; `&&` joins several in one line
 * @param notes help text before the examples
 */
export function command(name: string, examples: string[], notes = ''): Command {
  const lines = examples.map((line) => `\n  $ ${line.replaceAll(/^|(?<= && )/g, () => `${PROGRAM} `)}`);
  return new Command(name).addHelpText('after', `${notes}\nExample${examples.length > 1 ? 's' : ''}:${lines.join('')}`);
}

/** Prints a string unchanged, any other value as JSON. */
export function print(output: string | object): void {
  process.stdout.write(typeof output === 'string' ? output : `${JSON.stringify(output, null, 2)}\n`);
}

import { Argument, Command, type HelpConfiguration } from 'commander';
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

/** The description of an optional chapter whose lab has to run. */
export const RUNNING_LAB = 'chapter (default: the only running lab)';

/** Help for arguments that a command takes as one list: commander cannot leave out the first of several. */
export function helpArguments(descriptions: Record<string, string>): HelpConfiguration {
  const shown = Object.entries(descriptions).map(([name, description]) => new Argument(name, description));
  return { visibleArguments: () => shown };
}

/** Prints a string unchanged, any other value as JSON. */
export function print(output: string | object): void {
  process.stdout.write(typeof output === 'string' ? output : `${JSON.stringify(output, null, 2)}\n`);
}

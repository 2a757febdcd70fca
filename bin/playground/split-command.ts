import { UsageError } from '../../helpers/util/errors.ts';

/** The words before `--` on the command line, and the command after it. */
export interface SplitCommand {
  words: string[];
  command: string[];
}

/**
 * Separates the words of a command line from the command after `--`: the option parser returns both as one list.
 *
 * @param words all words, from the parser
 * @param given the command line
 */
export function splitCommand(words: string[], given: string[] = process.argv): SplitCommand {
  const dashes = given.indexOf('--');
  const command = dashes < 0 ? [] : given.slice(dashes + 1);
  return { words: words.slice(0, words.length - command.length), command };
}

/**
 * The words `[slug] host`, or `[slug] path`.
 *
 * @throws UsageError for none or too many
 */
export function lastAndSlug(words: string[], what: string): { slug: string | undefined; last: string } {
  const [first, second, ...more] = words;
  if (first === undefined) throw new UsageError(`missing ${what}`);
  if (more.length > 0) throw new UsageError(`too many words: expected [slug] ${what}, found ${words.join(' ')}`);
  return second === undefined ? { slug: undefined, last: first } : { slug: first, last: second };
}

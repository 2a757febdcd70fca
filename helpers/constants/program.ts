import { join, relative } from 'node:path';
import { shellWords } from '../util/shell-words.ts';
import { packageRoot } from './project.mjs';

/**
 * The command inside a checkout, for documentation. Never `npx bigbook`: elsewhere npx fetches a
 * foreign package.
 */
export const PROGRAM_OF_CHECKOUT = 'npm run bigbook --';

/** The command that runs this installation from any folder. */
export const PROGRAM_FILE = shellWords(['node', join(packageRoot, 'bin/bigbook.mjs')]);

/** The command in hints, for the folder from which the program was started. */
export const PROGRAM = programIn(process.env.INIT_CWD ?? process.cwd());

/**
 * @param folder the reader's working directory; npm searches for the checkout from there upwards
 */
export function programIn(folder: string): string {
  return relative(packageRoot, folder).startsWith('..') ? PROGRAM_FILE : PROGRAM_OF_CHECKOUT;
}

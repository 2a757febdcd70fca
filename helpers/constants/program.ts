import { join, relative } from 'node:path';
import { shellWords } from '../util/shell-words.ts';
import { packageRoot } from './project.mjs';

/**
 * The command that runs this program inside its checkout, for pages that are read anywhere. Never `npx bigbook`: outside the
 * checkout npx fetches a foreign package of that name.
 */
export const PROGRAM_OF_CHECKOUT = 'npm run bigbook --';

/** The command that runs this installation from any folder. */
export const PROGRAM_FILE = shellWords(['node', join(packageRoot, 'bin/bigbook.mjs')]);

/** The command by which every hint names this program, for a reader in the folder from which it was started. */
export const PROGRAM = programIn(process.env.INIT_CWD ?? process.cwd());

/** @param folder where the command is typed; npm looks for the checkout upwards from there */
export function programIn(folder: string): string {
  return relative(packageRoot, folder).startsWith('..') ? PROGRAM_FILE : PROGRAM_OF_CHECKOUT;
}

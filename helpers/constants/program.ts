import { basename, dirname, join, relative } from 'node:path';
import { shellWords } from '../util/shell-words.ts';
import { installed, packageRoot } from './project.mjs';

/**
 * The command inside a checkout, for documentation. Never `npx bigbook`: elsewhere npx fetches a
 * foreign package.
 */
export const PROGRAM_OF_CHECKOUT = 'npm run bigbook --';

/** The command that runs this installation from any folder. */
export const PROGRAM_FILE = shellWords(['node', join(packageRoot, 'bin/bigbook.mjs')]);

/** The command in a project that has installed the package. */
const PROGRAM_OF_PROJECT = 'npx bigbook';

/** The command in hints, for the folder from which the program was started. */
export const PROGRAM = programIn(process.env.INIT_CWD ?? process.cwd());

/**
 * @param folder the reader's working directory; npm searches for the checkout from there upwards
 */
export function programIn(folder: string): string {
  if (installed) return isBelow(folder, projectOf(packageRoot)) ? PROGRAM_OF_PROJECT : PROGRAM_FILE;
  return isBelow(folder, packageRoot) ? PROGRAM_OF_CHECKOUT : PROGRAM_FILE;
}

function isBelow(folder: string, root: string | undefined): boolean {
  return root !== undefined && !relative(root, folder).startsWith('..');
}

/** The folder whose `node_modules/` holds an installed package; undefined for a linked one. */
function projectOf(root: string): string | undefined {
  const packages = dirname(root);
  return basename(packages) === 'node_modules' ? dirname(packages) : undefined;
}

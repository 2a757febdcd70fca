import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The root of the modules that run, without a slash at the end: the checkout or its compiled copy, which has
 * the same folders. Files that modules read stand in both.
 */
export const harnessRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The root of the installed harness, without a slash at the end: the folder of its package.json. */
export const packageRoot = dirname(realpathSync(join(rootFrom(harnessRoot), 'package.json')));

/**
 * The root of the project whose chapters run, with `suites/`, `envoy-configs/`, `docs/` and
 * `reports/`.
 */
export const projectRoot = resolve(process.env.BIGBOOK_PROJECT ?? packageRoot);

/** The folder of all chapters, relative to the project. */
export const SUITES = 'suites';

/**
 * @param {string} folder
 * @returns {string}
 */
function rootFrom(folder) {
  return existsSync(join(folder, 'package.json')) ? folder : rootFrom(dirname(folder));
}

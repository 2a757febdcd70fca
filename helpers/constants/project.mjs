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

/** The folder of the compiled harness in the published package, relative to the package. */
export const PACKAGE_BUILD = 'dist/package';

/** Whether the harness is an installed package, which has no sources. */
export const installed = harnessRoot === join(packageRoot, PACKAGE_BUILD);

/**
 * The command that installs what is missing, for hints.
 * @param {string} [options] `--envoy 1.40.0`
 */
export function setupCommand(options) {
  if (installed) return ['npx bigbook setup', ...(options ? [options] : [])].join(' ');
  return ['npm run setup', ...(options ? ['--', options] : [])].join(' ');
}

/** The names that the file of a project's settings may have. */
export const CONFIG_FILES = ['bigbook.config.ts', 'bigbook.config.mjs', 'bigbook.config.js'];

/**
 * The root of the project whose chapters and setups run, with `suites/`, `bigbook/`, `envoy-configs/` and
 * `reports/`: the nearest folder with a file of settings, else the current one, or the checkout.
 */
export const projectRoot = resolve(
  process.env.BIGBOOK_PROJECT ?? nearestProject(process.cwd()) ?? (installed ? process.cwd() : packageRoot),
);

/**
 * The folder of the nearest file of settings, from a folder upwards.
 * @param {string} folder absolute
 * @returns {string | undefined}
 */
export function nearestProject(folder) {
  if (CONFIG_FILES.some((file) => existsSync(join(folder, file)))) return folder;
  return dirname(folder) === folder ? undefined : nearestProject(dirname(folder));
}

/** The folder of the claims and requests of setups, relative to the project. */
export const OWN_CLAIMS = 'bigbook';

/** The folder of all chapters, relative to the project. */
export const SUITES = 'suites';

/**
 * @param {string} folder
 * @returns {string}
 */
function rootFrom(folder) {
  return existsSync(join(folder, 'package.json')) ? folder : rootFrom(dirname(folder));
}

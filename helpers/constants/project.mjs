import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the installed harness, without a slash at the end. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * The root of the project whose chapters run, with `suites/`, `envoy-configs/`, `docs/` and
 * `reports/`.
 */
export const projectRoot = resolve(process.env.BIGBOOK_PROJECT ?? packageRoot);

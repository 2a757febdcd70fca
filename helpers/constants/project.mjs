import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The installed harness: programs, the Dockerfile, everything that ships. Without a slash at the end. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The project whose chapters run: `suites/`, `envoy-configs/`, `docs/` and `reports/`. `BIGBOOK_PROJECT` names another one. */
export const projectRoot = resolve(process.env.BIGBOOK_PROJECT ?? packageRoot);

import { fileURLToPath } from 'node:url';

/** The installed harness: programs, the Dockerfile, everything that ships. Without a slash at the end. */
export const packageRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The project whose chapters run: `suites/`, `envoy-configs/`, `docs/` and `reports/`. This checkout holds its own chapters. */
export const projectRoot = packageRoot;

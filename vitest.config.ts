import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from 'vitest/config';
import LongestFirst from './bin/vitest/longest-first.ts';
import { prepareEnvironment } from './fixtures/setup/environment.mjs';
import { packageRoot, projectRoot } from './helpers/constants/project.mjs';
import { TIMEOUTS } from './helpers/constants/timeouts.ts';
import { newRunId } from './helpers/record/run-id.ts';
import { seedFrom } from './helpers/record/seed.ts';
import { projectOf, variantsFrom } from './helpers/record/variants.ts';
import { workersFrom } from './helpers/record/workers.ts';
import { EXIT, messageOf } from './helpers/util/errors.ts';

prepareEnvironment();

// Set before any worker starts, so that the global set-up, the labs' labels and the reports all speak of one run.
process.env.BIGBOOK_RUN ??= newRunId();

// Read here and not where they are used, so that an unknown version is one line and not the trace of a config that does not load.
const { variants, seed, maxWorkers } = (() => {
  try {
    const maxWorkers = workersFrom(process.env);
    return { variants: variantsFrom(process.env), seed: seedFrom(process.env), maxWorkers };
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(EXIT.usage);
  }
})();

/** A file of the harness, wherever the project is whose chapters run. */
const own = (file: string): string => join(packageRoot, file);

/** Tests in fixtures/ that need no lab. */
const PURE = [
  'exchange/claim-exchanges',
  'exchange/failure-bundle',
  'lab/agent',
  'programs/servers/metadata',
  'setup/engine-choice',
  'setup/state-folder',
  'setup/steps',
].map((name) => `fixtures/${name}.test.ts`);

export default defineConfig({
  root: projectRoot,
  cacheDir: own('node_modules/.vite'),
  test: {
    watch: false,
    reporters: [own('bin/vitest/reporter.ts')],
    pool: 'forks',
    maxWorkers,
    isolate: false,
    execArgv: ['--import', pathToFileURL(own('bin/vitest/worker.mjs')).href],
    testTimeout: TIMEOUTS.claimMs,
    hookTimeout: TIMEOUTS.labStartMs,
    sequence: { seed, sequencer: LongestFirst },
    // Reports reduce the whole diff to what differs and the keys that lead to it.
    diff: { expand: true },
    projects: [
      {
        extends: true,
        root: packageRoot,
        test: { name: 'unit', include: ['helpers/**/*.test.ts', 'bin/**/*.test.ts', ...PURE] },
      },
      {
        extends: true,
        root: packageRoot,
        test: {
          name: 'labs',
          testTimeout: TIMEOUTS.runMs,
          hookTimeout: TIMEOUTS.runMs,
          include: ['fixtures/**/*.test.ts'],
          exclude: [...PURE, 'fixtures/samples/**'],
          globalSetup: [own('fixtures/global-setup.ts')],
        },
      },
      ...variants.map((variant) => ({
        extends: true as const,
        test: {
          name: projectOf(variant),
          include: ['suites/**/*.test.ts'],
          runner: own('bin/vitest/claim-runner.ts'),
          setupFiles: [own('bin/vitest/report-at-once.ts')],
          globalSetup: [own('fixtures/global-setup.ts')],
          sequence: { groupOrder: variant.turn ?? 0 },
          provide: { variant },
        },
      })),
    ],
  },
});

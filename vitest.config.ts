import { defineConfig } from 'vitest/config';
import { prepareEnvironment } from './fixtures/setup/environment.mjs';
import { TIMEOUTS } from './helpers/constants/timeouts.ts';
import { newRunId } from './helpers/record/run-id.ts';
import { seedFrom } from './helpers/record/seed.ts';
import { projectOf, variantsFrom } from './helpers/record/variants.ts';
import { claimsFile } from './helpers/scenario/suite-files.ts';
import { EXIT, messageOf } from './helpers/util/errors.ts';

prepareEnvironment();

// Set before any worker starts, so that the global set-up, the labs' labels and the reports all speak of one run.
process.env.BIGBOOK_RUN ??= newRunId();

// Read here and not where they are used, so that an unknown version is one line and not the trace of a config that does not load.
const { variants, seed } = (() => {
  try {
    return { variants: variantsFrom(process.env), seed: seedFrom(process.env) };
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(EXIT.usage);
  }
})();

/** Tests in fixtures/ that need no lab. */
const PURE = ['lab/agent', 'programs/servers/metadata', 'setup/state-folder'].map((name) => `fixtures/${name}.test.ts`);

export default defineConfig({
  test: {
    watch: false,
    reporters: ['./bin/vitest/reporter.ts'],
    // Labs are what parallel files contend for, and two of them keep a machine busy: more were slower even on more cores.
    pool: 'forks',
    maxWorkers: 2,
    isolate: false,
    execArgv: ['--import', new URL('./bin/vitest/worker.mjs', import.meta.url).href],
    testTimeout: TIMEOUTS.claimMs,
    hookTimeout: TIMEOUTS.labStartMs,
    sequence: { seed },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['helpers/**/*.test.ts', 'bin/**/*.test.ts', ...PURE] },
      },
      {
        extends: true,
        test: {
          name: 'labs',
          testTimeout: TIMEOUTS.runMs,
          hookTimeout: TIMEOUTS.runMs,
          include: ['fixtures/**/*.test.ts'],
          exclude: PURE,
          globalSetup: ['./fixtures/global-setup.ts'],
        },
      },
      ...variants.map((variant) => ({
        extends: true as const,
        test: {
          name: projectOf(variant),
          include: variant.faults ? Object.keys(variant.faults).map(claimsFile) : ['suites/**/*.test.ts'],
          setupFiles: [
            './bin/vitest/report-at-once.ts',
            // Trials of faults keep the order of the file: what a fault kills must not depend on a seed.
            ...(variant.faults || variant.sweep ? [] : ['./bin/vitest/shuffle.ts']),
          ],
          globalSetup: ['./fixtures/global-setup.ts'],
          provide: { variant },
        },
      })),
    ],
  },
});

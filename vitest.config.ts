import { defineConfig } from 'vitest/config';
import { armsFrom, projectOf } from './helpers/arms.ts';
import { EXIT, messageOf } from './helpers/errors.ts';
import { newRunId } from './helpers/run-id.ts';
import { TIMEOUTS } from './helpers/timeouts.ts';

// Set before any worker starts, so that the global set-up, the labs' labels and the reports all speak of one run.
process.env.BIGBOOK_RUN ??= newRunId();

// Read here and not where it is used, so that a version that is not known is one line and not the trace of a config that does not load.
const arms = (() => {
  try {
    return armsFrom(process.env);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(EXIT.usage);
  }
})();

/** Tests in fixtures/ that need no lab. */
const PURE = ['agent', 'programs/metadata', 'sabotage', 'sweep'].map((name) => `fixtures/${name}.test.ts`);

const testFile = (slug: string): string => `suites/${slug}.test.ts`;

export default defineConfig({
  test: {
    watch: false,
    reporters: ['./bin/reporter.ts'],
    // Labs are what parallel files contend for, and two of them keep a machine busy: more were slower even on more cores.
    pool: 'forks',
    maxWorkers: 2,
    isolate: false,
    execArgv: ['--import', new URL('./bin/worker.mjs', import.meta.url).href],
    testTimeout: TIMEOUTS.claimMs,
    hookTimeout: TIMEOUTS.labStartMs,
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
      ...arms.map((arm) => ({
        extends: true as const,
        test: {
          name: projectOf(arm),
          include: arm.sabotages ? Object.keys(arm.sabotages).map(testFile) : ['suites/**/*.test.ts'],
          setupFiles: ['./bin/report-at-once.ts'],
          globalSetup: ['./fixtures/global-setup.ts'],
          provide: { arm },
        },
      })),
    ],
  },
});

import { join } from 'node:path';
import type { TestUserConfig, ViteUserConfig } from 'vitest/config';
import { prepareEnvironment } from '../../fixtures/setup/environment.mjs';
import {
  harnessRoot,
  installed,
  OWN_CLAIMS,
  packageRoot,
  projectRoot,
  SUITES,
} from '../../helpers/constants/project.mjs';
import { sandboxFrom } from '../../helpers/constants/sandboxes.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import { seedFrom } from '../../helpers/record/seed.ts';
import { projectOf, type Variant, variantsFrom } from '../../helpers/record/variants.ts';
import { workersFrom } from '../../helpers/record/workers.ts';
import { literal } from '../../helpers/util/literal.ts';
import { compiledImports } from './compiled-imports.ts';
import LongestFirst from './longest-first.ts';

/** A compiled module of the harness, wherever the project is whose chapters run. */
const own = (module: string): string => join(harnessRoot, module);

/** Tests in fixtures/ that need no lab. */
const PURE = [
  'bench/cpu-meter',
  'compiled/*',
  'exchange/claim-exchanges',
  'exchange/failure-bundle',
  'exchange/moment',
  'exchange/program-outputs',
  'check/read-inputs',
  'lab/agent',
  'lab/signals',
  'lab/stub-use',
  'playground/program-streams',
  'project/settings',
  'programs/http2/*',
  'programs/lines',
  'programs/script/*',
  'programs/servers/http1/*',
  'programs/servers/http2/*',
  'programs/servers/answers',
  'programs/servers/answers-all',
  'programs/servers/client-hello',
  'programs/servers/metadata',
  'programs/servers/proxy-header',
  'programs/servers/upstream',
  'sandbox/frames',
  'sandbox/probe',
  'setup/engine-api',
  'setup/engine-choice',
  'setup/environment',
  'setup/node-binary',
  'setup/state-folder',
  'setup/steps',
  'setup/unused-packages',
].map((name) => `fixtures/${name}.test.ts`);

/** Tries the commands of pages: of all where `BIGBOOK_PAGES` is `all`, by default of some. */
const PAGES = 'fixtures/playground/try-it.test.ts';

export type Project = Exclude<
  NonNullable<TestUserConfig['projects']>[number],
  string | Promise<unknown> | ((...args: never[]) => unknown)
>;

/**
 * The configuration of vitest. For `npm test`: the harness's own tests, and a project for each variant, as vitest finds
 * the chapters by itself. Commands choose the modules, and run those of all variants in the project of the first.
 *
 * @throws UsageError for an unknown version, seed or number of workers in the environment
 */
export function vitestConfig({ ownTests }: { ownTests: boolean }): ViteUserConfig {
  prepareRun();
  // Read again by the global set-up, where an unknown one would not be a usage error.
  sandboxFrom(process.env);
  const common = commonConfig();
  const [first, ...others] = variantsFrom(process.env);
  const variants = ownTests ? [first, ...others] : [first];
  const projects = [
    ...(ownTests ? ownProjects(common) : []),
    ...variants.map((variant) => variantProject(variant, common)),
  ];
  return {
    root: projectRoot,
    cacheDir: join(installed ? projectRoot : packageRoot, 'node_modules/.vite'),
    test: {
      ...common,
      sequence: { ...common.sequence, sequencer: LongestFirst },
      reporters: [own('bin/vitest/reporter.js')],
      // Reports reduce the whole diff to what differs and the keys that lead to it.
      diff: { expand: true },
      projects,
    },
  };
}

/** The harness's own tests: those of the sources, and those that need labs. */
function ownProjects(common: TestUserConfig): Project[] {
  return [
    {
      root: packageRoot,
      test: {
        ...common,
        name: 'unit',
        include: ['api/**/*.test.ts', 'helpers/**/*.test.ts', 'bin/**/*.test.ts', ...PURE],
      },
    },
    {
      root: packageRoot,
      plugins: [compiledImports()],
      test: {
        ...common,
        name: 'labs',
        testTimeout: TIMEOUTS.runMs,
        hookTimeout: TIMEOUTS.runMs,
        include: ['fixtures/**/*.test.ts'],
        exclude: [...PURE, 'fixtures/samples/**', ...(process.env.BIGBOOK_PAGES === 'none' ? [PAGES] : [])],
        globalSetup: [own('fixtures/global-setup.js')],
      },
    },
  ];
}

/** Sets, before any worker starts, the run that the global set-up, the labs' labels and the reports all speak of. */
export function prepareRun(): void {
  prepareEnvironment();
  process.env.BIGBOOK_RUN ??= newRunId();
}

/** What all projects share. */
function commonConfig(): TestUserConfig {
  return {
    watch: false,
    pool: 'forks',
    maxWorkers: workersFrom(process.env),
    isolate: false,
    execArgv: ['--import', own('bin/vitest/worker.mjs')],
    testTimeout: TIMEOUTS.claimMs,
    hookTimeout: TIMEOUTS.labStartMs,
    sequence: { seed: seedFrom(process.env) },
    server: { deps: { external: [new RegExp(`^${literal(harnessRoot)}/`)] } },
  };
}

/** The chapters on a variant. */
export function variantProject(variant: Variant, common = commonConfig()): Project {
  return {
    plugins: [compiledImports()],
    test: {
      ...common,
      name: projectOf(variant),
      include: [`${SUITES}/**/*.test.ts`, `${OWN_CLAIMS}/*.test.ts`],
      runner: own('bin/vitest/claim-runner.js'),
      setupFiles: [own('bin/vitest/report-at-once.js')],
      globalSetup: [own('fixtures/global-setup.js')],
      provide: { variant },
    },
  };
}

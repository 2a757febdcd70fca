import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Reporter, TestSpecification, Vitest, VitestOptions } from 'vitest/node';
import { withProjectEnvoy } from '../../fixtures/project/settings.ts';
import { parseBackend } from '../../helpers/constants/backends.ts';
import { CAPABILITIES } from '../../helpers/constants/capabilities.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import type { RunRecord } from '../../helpers/record/record.ts';
import { parseSeed } from '../../helpers/record/seed.ts';
import { type EnvoyChoice, projectOf, type Variant, variantsOf } from '../../helpers/record/variants.ts';
import { EXIT_OF } from '../../helpers/record/verdict.ts';
import { claimsFile, variantModule } from '../../helpers/scenario/suite-files.ts';
import { EXIT, UsageError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import { type ClaimName, claimsPattern } from '../vitest/claim-name.ts';
import { vitestConfig } from '../vitest/config.ts';
import BookReporter from '../vitest/reporter.ts';
import { chooseChapters } from './chapters.ts';
import { chosenClaims } from './chosen-claims.ts';
import { declaredClaims } from './claims.ts';
import { checkOutputs, type OutputFiles, writeOutputs } from './output-files.ts';

/** The options of `run`, as on the command line. */
export interface RunOptions extends OutputFiles, EnvoyChoice {
  backend?: string;
  claim?: string[];
  shard?: string;
  seed?: string;
  inOrder?: true;
  require?: string;
  json?: true;
}

/**
 * Runs chapters through vitest in this process.
 *
 * @param slugs none stands for all
 * @returns the exit status
 * @throws UsageError for an invalid argument or option, before anything starts
 */
export async function runChapters(slugs: string[], options: RunOptions): Promise<number> {
  const chosen = await chooseChapters(slugs);
  if (options.inOrder && options.seed !== undefined) throw new UsageError('--in-order and --seed exclude each other');
  const variants = variantsOf(options, await withProjectEnvoy(process.env)).map((variant) =>
    options.inOrder ? { ...variant, inOrder: true as const } : variant,
  );
  if (options.seed !== undefined) process.env.BIGBOOK_SEED = String(parseSeed(options.seed));
  if (options.backend !== undefined) process.env.BIGBOOK_BACKEND = parseBackend(options.backend);
  if (options.require !== undefined) process.env.BIGBOOK_REQUIRE = parseCapabilities(options.require).join(',');
  checkOutputs(options);
  const shard = options.shard === undefined ? undefined : parseShard(options.shard);
  const claims = options.claim && chosenClaims(await declaredClaims(chosen), options.claim);

  const { record, refused } = await runVariants(variants, claims ? [...claims.keys()] : chosen, {
    ...given({ claims: claims && [...claims.values()].flat(), shard }),
    quiet: options.json ?? false,
  });

  const unwritten = writeOutputs(record, options);
  if (options.json) process.stdout.write(`${JSON.stringify(record)}\n`);
  for (const problem of unwritten) process.stderr.write(`bigbook: ${problem}\n`);
  if (refused) throw refused;
  return EXIT_OF[record.outcome] || (unwritten.length > 0 ? EXIT.setup : EXIT.passed);
}

/** How chapters are to be run. */
interface VariantsOptions {
  /** The only claims to run. */
  claims?: ClaimName[];
  /** The part of the files to run, in vitest's form: `1/3`. */
  shard?: string;
  /** Keeps stdout free of progress. */
  quiet: boolean;
  /** Replaces the progress of every claim. */
  progress?: Reporter;
}

/** Runs chapters on each variant. @returns the record, and the error of a global set-up that failed */
export async function runVariants(
  variants: Variant[],
  slugs: string[],
  options: VariantsOptions,
): Promise<{ record: RunRecord; refused?: Error }> {
  const reporter = new BookReporter();
  const start = (vitest: Vitest) => {
    reporter.onInit(vitest);
    return vitest.runTestSpecifications(specificationsOf(vitest, variants, slugs));
  };
  const refused = await withVitest(variants, reporter, options, start);
  if (refused) reporter.addError(refused.message);
  return { record: reporter.record, ...given({ refused }) };
}

/**
 * A test module for each variant of each chapter. All are of one vitest project, so that a worker can run a
 * chapter on one Envoy after another in the same lab.
 */
function specificationsOf(vitest: Vitest, variants: Variant[], slugs: string[]): TestSpecification[] {
  const [first, ...others] = variants;
  if (!first) return [];
  const project = vitest.getProjectByName(projectOf(first));
  return slugs.flatMap((slug) => {
    const path = join(projectRoot, claimsFile(slug));
    return [path, ...others.map(({ name }) => variantModule(path, name))].map((id) => project.createSpecification(id));
  });
}

/** Passes `work` a vitest with a project for each variant. @returns the error of a failed global set-up */
export async function withVitest(
  variants: Variant[],
  reporter: Reporter & { onRefused?: () => void; onInterrupt?: () => void },
  { claims, shard, quiet, progress }: VariantsOptions,
  work: (vitest: Vitest) => Promise<unknown>,
): Promise<Error | undefined> {
  process.env.BIGBOOK_VARIANTS = JSON.stringify(variants);
  const { createVitest } = await import('vitest/node');
  const before = new Set(process.listeners('SIGINT'));
  const vitest = await createVitest(
    'test',
    {
      root: projectRoot,
      config: false,
      watch: false,
      reporters: [reporter, ...(progress ? [progress] : [])],
      ...given({ testNamePattern: claims && claimsPattern(claims), shard }),
    },
    vitestConfig({ ownTests: false }),
    outputOf({ quiet, ...given({ progress }) }),
  );
  // Vitest exits at once on Ctrl-C; labs have to stop first.
  for (const listener of process.listeners('SIGINT')) if (!before.has(listener)) process.off('SIGINT', listener);
  const onInterrupt = interrupter(vitest, () => reporter.onInterrupt?.());
  process.on('SIGINT', onInterrupt);
  try {
    await work(vitest);
    return undefined;
  } catch (error) {
    // The global set-up failed, so no claim has run.
    if (!(error instanceof Error)) throw error;
    reporter.onRefused?.();
    return error;
  } finally {
    await vitest.close();
    process.off('SIGINT', onInterrupt);
  }
}

/** The streams that vitest and the reporter of claims write to. */
function outputOf({ quiet, progress }: Pick<VariantsOptions, 'quiet' | 'progress'>): VitestOptions {
  if (progress) {
    const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
    return { stdout: nothing, stderr: nothing };
  }
  return quiet ? { stdout: process.stderr, stderr: process.stderr } : {};
}

/** The first Ctrl-C stops labs and reports, the second one exits at once. */
function interrupter(vitest: Vitest, onInterrupt: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    onInterrupt();
    process.stderr.write('\nbigbook: interrupted; stopping labs (press Ctrl-C again to exit at once)\n');
    vitest.cancelCurrentRun('keyboard-input').catch(() => undefined);
  };
}

function parseCapabilities(list: string): string[] {
  return list.split(',').map((name) => knownName('capability', name.trim(), CAPABILITIES));
}

function parseShard(text: string): string {
  const [, index, count] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(count)) {
    throw new UsageError(`--shard takes which part of how many, such as 1/3, found ${JSON.stringify(text)}`);
  }
  return text;
}

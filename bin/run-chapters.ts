import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Vitest } from 'vitest/node';
import { parseBackend } from '../helpers/backends.ts';
import { CAPABILITIES } from '../helpers/capabilities.ts';
import { parseEnvoys } from '../helpers/envoys.ts';
import { EXIT, messageOf, UsageError } from '../helpers/errors.ts';
import { toJunit } from '../helpers/junit.ts';
import { literal } from '../helpers/literal.ts';
import type { RunRecord } from '../helpers/record.ts';
import { chapterSlugs } from './chapters.ts';
import { claimTitles } from './claims.ts';
import { INTERRUPTED } from './interrupted.ts';
import BookReporter from './reporter.ts';
import { ROOT } from './root.ts';
import { loadVitest } from './vitest.ts';

/** The options of `run`, each as the command line has it. */
export interface RunOptions {
  envoy?: string;
  backend?: string;
  claim?: string;
  record?: string;
  junit?: string;
  require?: string;
  json?: true;
}

const EXIT_OF: Record<RunRecord['outcome'], number> = {
  held: EXIT.held,
  partial: EXIT.held,
  failed: EXIT.failed,
  broken: EXIT.setup,
  running: INTERRUPTED,
};

/**
 * Runs chapters through vitest in this process.
 *
 * @param slugs none stands for all
 * @returns the exit status
 * @throws UsageError for a slug, version, backend, claim, capability or file that cannot be meant, before anything starts
 */
export async function runChapters(slugs: string[], options: RunOptions): Promise<number> {
  const chosen = await chooseChapters(slugs);
  if (options.envoy !== undefined) process.env.ENVOY_VERSION = parseEnvoy(options.envoy);
  if (options.backend !== undefined) process.env.BIGBOOK_BACKEND = parseBackend(options.backend);
  if (options.require !== undefined) process.env.BIGBOOK_REQUIRE = parseCapabilities(options.require).join(',');
  for (const file of [options.record, options.junit]) if (file !== undefined) checkWritable(file);
  const claimed = options.claim === undefined ? chosen : await chaptersWithClaim(chosen, options.claim);

  const { record, refused } = await runInVitest(claimed, options);

  if (options.record !== undefined) await writeFile(options.record, `${JSON.stringify(record, null, 1)}\n`);
  if (options.junit !== undefined) await writeFile(options.junit, toJunit(record));
  if (options.json) process.stdout.write(`${JSON.stringify(record)}\n`);
  if (refused) throw refused;
  return EXIT_OF[record.outcome];
}

async function runInVitest(
  slugs: string[],
  { claim, json }: RunOptions,
): Promise<{ record: RunRecord; refused?: Error }> {
  const { createVitest } = await loadVitest();
  const reporter = new BookReporter();
  const before = new Set(process.listeners('SIGINT'));
  const vitest = await createVitest(
    'test',
    {
      root: ROOT,
      watch: false,
      project: ['chapters'],
      reporters: [reporter],
      ...(claim !== undefined && { testNamePattern: patternOf(claim) }),
    },
    {},
    json ? { stdout: process.stderr, stderr: process.stderr } : {},
  );
  // Vitest's own answer to Ctrl-C is to leave at once; labs shall be stopped first.
  for (const listener of process.listeners('SIGINT')) if (!before.has(listener)) process.off('SIGINT', listener);
  const onInterrupt = interrupter(vitest);
  process.on('SIGINT', onInterrupt);
  try {
    await vitest.start(slugs.map((slug) => `suites/${slug}.test.ts`));
    return { record: reporter.record };
  } catch (error) {
    // The global set-up failed, so no claim has run.
    if (!(error instanceof Error)) throw error;
    reporter.addError(error.message);
    return { record: reporter.record, refused: error };
  } finally {
    await vitest.close();
    process.off('SIGINT', onInterrupt);
  }
}

/** The first Ctrl-C ends the run in order, a second one at once. */
function interrupter(vitest: Vitest): () => void {
  let asked = false;
  return () => {
    if (asked) process.exit(INTERRUPTED);
    asked = true;
    process.stderr.write('\nbigbook: stopping; Ctrl-C again leaves at once\n');
    // What becomes of the run is told by `start`.
    vitest.cancelCurrentRun('keyboard-input').catch(() => undefined);
  };
}

async function chooseChapters(slugs: string[]): Promise<string[]> {
  const known = await chapterSlugs();
  const unknown = slugs.filter((slug) => !known.includes(slug));
  if (unknown.length > 0) throw new UsageError(`unknown chapter ${unknown.join(', ')}; known: ${known.join(', ')}`);
  return slugs.length > 0 ? slugs : known;
}

async function chaptersWithClaim(slugs: string[], claim: string): Promise<string[]> {
  const titles = await claimTitles(slugs);
  const having = slugs.filter((slug) => titles.get(slug)?.includes(claim));
  if (having.length > 0) return having;
  const known = [...titles.values()].flat().map((title) => `"${title}"`);
  throw new UsageError(`unknown claim "${claim}" in ${slugs.join(', ')}; known: ${known.join(', ')}`);
}

/** Matches the claim with this title and no other: vitest joins the names of suites with a space to match, in a title it stands as ` > `. */
function patternOf(claim: string): RegExp {
  return new RegExp(`^${literal(claim).replaceAll(' > ', '(?: > | )')}$`);
}

function parseCapabilities(list: string): string[] {
  const known: readonly string[] = CAPABILITIES;
  const asked = list.split(',').map((name) => name.trim());
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UsageError(`unknown capability ${unknown.join(', ')}; known: ${known.join(', ')}`);
  return asked;
}

function parseEnvoy(version: string): string {
  const [one, ...more] = parseEnvoys(version);
  if (one === undefined || more.length > 0) throw new UsageError(`run takes one Envoy version, got ${version}`);
  return one;
}

/** A run takes a while: that its outcome has nowhere to go is better known before. */
function checkWritable(file: string): void {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${messageOf(error)}`);
  }
}

import { PROGRAM } from '../../helpers/constants/program.ts';
import type { SandboxName } from '../../helpers/constants/sandboxes.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import { shellWords } from '../../helpers/util/shell-words.ts';
import type { MeasuredName } from '../bench/measure.ts';
import { benchProxiesCommand } from './bench-proxies.ts';
import { command, print } from './command.ts';
import { sandboxOption, wholeFrom } from './option-values.ts';

interface Options {
  runs: number;
  measure?: string;
  sandbox?: SandboxName;
  against?: string;
  write?: string;
  json?: true;
}

export const benchCommand = command('bench', [
  'bench --runs 3',
  'bench original-dst --measure runs --sandbox namespaces',
  'bench --against HEAD~1',
  'bench --measure all --against 412ab87 --write docs/performance.md',
])
  .description(
    'Measure wall and CPU time of labs, whole runs and single chapters, in each sandbox in turn and beside a baseline. Print Markdown tables; progress goes to stderr. Measure on a quiet machine; other labs of the same engine are counted.',
  )
  .argument('[slug...]', 'chapters of runs (default: all)')
  .option('--runs <number>', 'repetitions; single chapters run once', wholeFrom(1), 5)
  .option(
    '--measure <parts>',
    'labs (two topologies), runs (every chapter at once), chapters (a run of each), separated by commas, or all (default: all; with --against: runs)',
  )
  .addOption(sandboxOption('measure only this sandbox'))
  .option(
    '--against <revision>',
    'also measure whole runs of a commit, branch or tag: checked out and set up in a temporary git worktree',
  )
  .option('--write <file>', 'write the results into a page, between the comments that mark their place')
  .option('--json', 'print JSON')
  .addCommand(benchProxiesCommand)
  .action(async (slugs: string[], { runs, json, write, ...options }: Options) => {
    const { MEASURED, measure } = await import('../bench/measure.ts');
    const { describeBench } = await import('../bench/describe.ts');
    const { ResultsPage } = await import('../bench/page.ts');
    const { interruptible } = await import('../bench/interruption.ts');
    const { suiteSlugs, chooseSuites } = await import('../run/chapters.ts');
    const parts = measured(options, MEASURED);
    const page = write === undefined ? undefined : ResultsPage.open(write);
    const chosen = slugs.length > 0 ? await chooseSuites(slugs) : [];
    const { against, sandbox } = options;
    const bench = {
      ...{ measure: parts, runs, slugs: chosen, all: await suiteSlugs() },
      ...given({ against, sandbox }),
    };
    process.exitCode = await interruptible(async (signal) => {
      const results = await measure(bench, (line) => process.stderr.write(`${line}\n`), signal);
      const text = describeBench(results, `${PROGRAM} ${shellWords(process.argv.slice(2))}`);
      page?.write(text);
      print(json ? results : text);
    });
  });

/** @throws UsageError for an unknown part, or a comparison without runs */
function measured(
  { measure, against }: Omit<Options, 'runs'>,
  known: readonly MeasuredName[],
): readonly MeasuredName[] {
  if (measure === 'all') return known;
  if (measure === undefined) return against === undefined ? known : ['runs'];
  const parts = measure.split(',').map((part) => knownName('part', part.trim(), known));
  if (against !== undefined && !parts.includes('runs'))
    throw new UsageError(`--against compares runs, but --measure is ${measure}; add runs to it`);
  return parts;
}

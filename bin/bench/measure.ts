import { loadavg } from 'node:os';
import { CpuMeter } from '../../fixtures/bench/cpu-meter.ts';
import { CommandError, run } from '../../fixtures/setup/command.mjs';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { SANDBOXES, type SandboxName } from '../../helpers/constants/sandboxes.ts';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import type { EnvoyBuild, Machine } from '../../helpers/record/record.ts';
import { given } from '../../helpers/util/given.ts';
import { benchEnvironment, type Log } from './environment.ts';
import { type LabCost, LabsBench } from './measure-labs.ts';
import { type ChapterCost, type RunCost, type Runner, RunsBench } from './measure-runs.ts';
import { commitOf, type Revision, setUpRevision } from './revision.ts';

/** What `bench` can measure. */
export const MEASURED = ['labs', 'runs', 'chapters'] as const;

export type MeasuredName = (typeof MEASURED)[number];

export interface BenchOptions {
  measure: readonly MeasuredName[];
  runs: number;
  /** The only sandbox; default: each one that works. */
  sandbox?: SandboxName;
  /** A revision whose runs are measured too. */
  against?: string;
  /** The chapters of runs. */
  slugs: string[];
  /** All chapters. */
  all: string[];
}

/** The results of `bench`. Durations and CPU times are in milliseconds. */
export interface Bench {
  /** ISO 8601, UTC. */
  started: string;
  /** Absent outside a git checkout. */
  commit?: string;
  /** Whether tracked files differ from the commit. */
  changed?: true;
  machine: Omit<Machine, 'sandbox'>;
  cores: number;
  /** The load of the machine over the minute before. */
  load: number;
  /** Absent where no lab is measured. */
  envoy?: EnvoyBuild;
  runs: number;
  /** Why the CPU time of engine and containers is not available. */
  cpuNotAvailable?: string;
  labs: LabCost[];
  wholeRuns: RunCost[];
  chapters: ChapterCost[];
}

/**
 * Measures labs, whole runs and single chapters, in each sandbox in turn, `runs` times; single
 * chapters once.
 *
 * @throws UsageError for an unknown revision; SetupError where a lab is not available or a run does
 *   not pass; the signal's reason where it is aborted
 */
export async function measure(options: BenchOptions, log: Log, signal: AbortSignal): Promise<Bench> {
  const { runs, against, slugs, all } = options;
  const measures = (name: MeasuredName): boolean => options.measure.includes(name);
  const commit = against === undefined ? undefined : await commitOf(against);
  const [load = 0] = loadavg();
  const started = new Date().toISOString();
  const { machine, cores, sandboxes, labOptions } = await environments(options.sandbox, log);
  using revision = commit && against ? await setUpRevision(against, commit, { log, signal }) : undefined;

  // The group of containers exists once one has run.
  const warm = new RunsBench(await CpuMeter.open(), log, signal);
  const runners = [...sandboxes.map((sandbox): Runner => ({ sandbox })), ...runnersOf(revision, sandboxes)];
  const warmed = measures('runs') ? runners : runners.filter((runner) => runner.revision === undefined);
  const [first = ''] = slugs.length > 0 ? slugs : all;
  if (measures('runs') || measures('chapters')) for (const runner of warmed) await warm.warmUp(runner, first);

  const meter = await CpuMeter.open();
  const labs = new LabsBench(meter, labOptions);
  const counted =
    (n: number): Log =>
    (line) =>
      log(`${n} of ${runs}: ${line}`);
  for (let n = 1; n <= runs; n++) {
    if (measures('labs')) await labs.once(n, sandboxes, counted(n), signal);
  }
  const book = new RunsBench(meter, log, signal);
  for (let n = 1; n <= runs; n++) {
    if (measures('runs')) for (const runner of runners) await book.run(runner, slugs, counted(n));
  }
  if (measures('chapters'))
    for (const slug of slugs.length > 0 ? slugs : all)
      for (const sandbox of sandboxes) await book.chapter(slug, sandbox);
  return {
    started,
    ...(await checkout()),
    ...{ machine, cores, load, runs },
    ...given({ envoy: labs.build, cpuNotAvailable: meter.reason }),
    ...{ labs: labs.costs, wholeRuns: book.runs, chapters: book.chapters },
  };
}

/** The sandboxes to measure, and the options of labs in them. */
async function environments(only: SandboxName | undefined, log: Log) {
  const first = await benchEnvironment([NEWEST], only, log);
  const { sandbox: chosen, ...machine } = first.machine;
  const sandboxes = only || chosen === 'containers' ? [chosen] : SANDBOXES;
  const other = sandboxes.length > 1 ? await benchEnvironment([NEWEST], 'containers', log) : first;
  const labOptions: ConstructorParameters<typeof LabsBench>[1] = (sandbox, version, lab) =>
    (sandbox === chosen ? first : other).labOptions(version, lab);
  return { machine, cores: first.cores, sandboxes, labOptions };
}

/** A revision before sandboxes is measured once, as it is. */
function runnersOf(revision: Revision | undefined, sandboxes: readonly SandboxName[]): Runner[] {
  if (!revision) return [];
  return revision.sandboxes ? sandboxes.map((sandbox) => ({ revision, sandbox })) : [{ revision }];
}

/** The commit of this checkout; nothing outside of git. */
async function checkout(): Promise<{ commit?: string; changed?: true }> {
  try {
    const [commit, changes] = await Promise.all([
      run('git', ['-C', packageRoot, 'rev-parse', 'HEAD']),
      run('git', ['-C', packageRoot, 'status', '--porcelain', '--untracked-files=no']),
    ]);
    return { commit: commit.trim(), ...(changes.trim() !== '' && { changed: true }) };
  } catch (error) {
    if (error instanceof CommandError) return {};
    throw error;
  }
}

import { type Cost, type CostRatio, ratioOf } from '../../helpers/bench/costs.ts';
import type { Spread } from '../../helpers/bench/spread.ts';
import { present, table } from '../../helpers/book/markdown.ts';
import { counted, describeEnvoy, describeMachine } from '../../helpers/report/wording.ts';
import type { Bench } from './measure.ts';
import { type LabCost, PARTS } from './measure-labs.ts';
import { type ChapterCost, type RunCost, sizeOf } from './measure-runs.ts';

/** The results of `bench` as Markdown. @param command the command that measured, as one would type it */
export function describeBench(bench: Bench, command: string): string {
  const { labs, wholeRuns, chapters, cpuNotAvailable } = bench;
  return `${present([
    environmentOf(bench, command),
    CPU,
    cpuNotAvailable && `The CPU time of the engine and of containers is not available: ${cpuNotAvailable}.`,
    wholeRuns.length > 0 && `### Whole runs\n\n${runsTable(wholeRuns)}`,
    chapters.length > 0 && `### Runs of one chapter\n\n${CHAPTERS}\n\n${chaptersTable(chapters)}`,
    labs.length > 0 && `### Parts of a lab\n\n${labsTable(labs)}\n\n${BASELINES}`,
  ]).join('\n\n')}\n`;
}

const CPU = `CPU time of the harness: \`bigbook\` and its processes; of a part of a lab, the process of \`bench\`. Of containers: everything in the engine's
containers. Of the engine: the rest of the machine's without other processes, as far as they are visible; so it includes other programs that
ended after their parents, and other work of the same engine.`;

const CHAPTERS = 'One run of each chapter. Most of the time of a short one is the start of the harness.';

const BASELINES = `Baseline of start, restart and teardown in \`containers\`: the same containers with the same settings through the engine's API alone, until Envoy
answers \`/ready\`. Baseline of an exchange: the same request from the same agent, unobserved. Baseline of the worker's container in \`namespaces\`: the
same container through the engine's API. The other parts in \`namespaces\` have none.`;

function environmentOf(
  { started, commit, changed, machine, cores, load, envoy, runs }: Bench,
  command: string,
): string {
  const revision = commit && `commit ${commit.slice(0, 12)}${changed ? ' with changes' : ''}`;
  const where = [`${describeMachine(machine)}, ${counted(cores, 'core')}`, envoy && describeEnvoy(envoy)];
  const when = [started.slice(0, 10), revision, ...where, `load ${load.toFixed(1)} in the minute before`];
  return `\`${command}\`\n\n${present(when).join('; ')}. Medians of ${counted(runs, 'run')}, least and most in brackets.`;
}

const COST = ['wall time', 'CPU time', 'harness', 'engine', 'containers'];

function runsTable(runs: RunCost[]): string {
  const rows = runs.map((run) => [nameOf(run), sizeOf(run), ...costCells(run.cost, seconds)]);
  const ratios = runs.flatMap((run) =>
    comparedWith(run, runs).map((other) => [
      `${nameOf(run)} : ${nameOf(other)}`,
      '',
      ...ratioCells(ratioOf(run.cost, other.cost)),
    ]),
  );
  return table(['run', 'size', ...COST], [...rows, ...ratios]);
}

/** A revision is compared with the same sandbox of this checkout, with each where it has none itself. */
function comparedWith({ revision, sandbox }: RunCost, runs: RunCost[]): RunCost[] {
  const own = runs.filter((run) => run.revision === undefined);
  if (revision !== undefined) return own.filter((run) => sandbox === undefined || run.sandbox === sandbox);
  return sandbox === 'containers' ? own.filter((run) => run.sandbox === 'namespaces') : [];
}

function nameOf({ revision, sandbox }: RunCost): string {
  return [revision?.slice(0, 8), sandbox].filter((part) => part !== undefined).join(', ');
}

function chaptersTable(costs: ChapterCost[]): string {
  const rows = groupsOf(costs, ({ slug }) => slug).flatMap((group) => [
    ...group.map(({ slug, claims, sandbox, cost }) => [
      `${slug}, ${counted(claims, 'claim')}`,
      sandbox,
      ...costCells(cost, seconds),
    ]),
    ...comparison(group),
  ]);
  return table(['chapter', 'sandbox', ...COST], rows);
}

function labsTable(costs: LabCost[]): string {
  const rows = groupsOf(costs, ({ topology, part }) => `${topology}: ${PARTS[part]}`).flatMap((group) => [
    ...group.map(({ topology, part, sandbox, cost, baseline, ratio }) => [
      `${topology}: ${PARTS[part]}`,
      sandbox,
      ...costCells(cost, milliseconds),
      baseline ? spread(baseline, milliseconds) : '',
      ratio === undefined ? '' : times(ratio),
    ]),
    ...comparison(group).map((cells) => [...cells, '', '']),
  ]);
  return table(['part', 'sandbox', ...COST, 'baseline', 'wall time : baseline'], rows);
}

/** A row for the ratio of both sandboxes, where both are measured. */
function comparison(group: (LabCost | ChapterCost)[]): string[][] {
  const costIn = (name: string): Cost | undefined => group.find(({ sandbox }) => sandbox === name)?.cost;
  const [ours, other] = [costIn('namespaces'), costIn('containers')];
  return ours && other ? [['', 'containers : namespaces', ...ratioCells(ratioOf(other, ours))]] : [];
}

/** Groups in the order of their first items. */
function groupsOf<T>(items: T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}

function costCells({ wall, cpu }: Cost, format: (ms: number) => string): string[] {
  const median = (part: Spread | undefined): string => (part ? format(part.median) : 'not available');
  const total = cpu.total ? spread(cpu.total, format) : 'not available';
  return [spread(wall, format), total, median(cpu.harness), median(cpu.engine), median(cpu.containers)];
}

function ratioCells({ wall, cpu }: CostRatio): string[] {
  return [times(wall), cpu === undefined ? '' : times(cpu), '', '', ''];
}

function spread({ count, median, min, max }: Spread, format: (ms: number) => string): string {
  return count === 1 ? format(median) : `${format(median)} (${format(min)} – ${format(max)})`;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Rounds to the precision of a busy machine: `4.3 ms`, `76 ms`, `1,240 ms`. */
function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en-US')} ms`;
}

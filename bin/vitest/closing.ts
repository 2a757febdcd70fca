import type { Colors } from 'picocolors/types.js';
import { chaptersAcross, notSelectedOf, skipReasons, tally, troublesOf } from '../../helpers/record/digest.ts';
import type { ChapterRecord, ClaimRecord, EnvoyRecord, RunRecord } from '../../helpers/record/record.ts';
import { replayCommand } from '../../helpers/record/replay.ts';
import { formatTable } from '../../helpers/report/table.ts';
import { counted, describeEnvironment, duration, indented } from '../../helpers/report/wording.ts';

/** The folder of a run's reports, or why they were not written. */
interface Reports {
  folder: string;
  problem?: string | undefined;
  /** What an interrupted run left out. */
  notRun?: string | undefined;
}

/** The end of a run on the terminal: troubles with their replay, the table of chapters, the verdict. */
export function closing(run: RunRecord, reports: Reports, colours: Colors): string {
  return [troubles(run, colours), table(run, colours), verdict(run, reports, colours)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function troubles(run: RunRecord, { red, dim, bold }: Colors): string {
  const several = run.envoys.length > 1;
  const shown = troublesOf(run).map(({ envoy, slug, claims, outcome, error }) => {
    const title = claims.length === 1 ? claims[0]?.title : undefined;
    const evidence = claims.flatMap((claim) => claim.evidence ?? []);
    return [
      `${red(outcome === 'failed' ? '✗' : '!')} ${bold(slug)}${several ? ` on Envoy ${envoy.name}` : ''}: ${title ?? `${counted(claims.length, 'claim')} without a result`}`,
      indented(error, 4),
      ...evidence.map((path) => indented(`${dim('bundle')}    ${path}`, 4)),
      indented(`${dim('replay')}    ${replayCommand(envoy, slug, title)}`, 4),
    ].join('\n');
  });
  return [...run.errors.map((error) => `${red('!')} ${error}`), ...shown].join('\n\n');
}

function table({ envoys }: RunRecord, colours: Colors): string {
  const [envoy, ...more] = envoys;
  if (!envoy) return '';
  return more.length === 0 ? tableOfOne(envoy, colours) : tableOfSeveral(envoys, colours);
}

function tableOfOne({ chapters }: EnvoyRecord, { green, red, yellow, dim }: Colors): string {
  const columns = ['passed', 'failed', 'skipped', 'error'] as const;
  const paints = [dim, green, red, yellow, red];
  const row = ({ slug, claims, labStartMs }: ChapterRecord) => {
    const counts = tally(claims);
    const time = duration(claims.reduce((sum, claim) => sum + claim.durationMs, 0));
    const start = labStartMs === undefined ? '' : duration(labStartMs);
    return [slug, ...columns.map((outcome) => String(counts[outcome])), start, time];
  };
  return formatTable(
    [{ title: 'chapter' }, ...[...columns, 'lab start', 'claims'].map((title) => ({ title, align: 'right' as const }))],
    chapters.map(row),
    (cell, column) => (column > 0 && cell.trim() !== '0' ? (paints[column] ?? dim) : dim)(cell),
  );
}

/** A row for each chapter, a column for each Envoy: the numbers of claims by outcome. */
function tableOfSeveral(envoys: EnvoyRecord[], { green, red, yellow, dim }: Colors): string {
  const marks = [
    ['failed', '✗'],
    ['error', '!'],
    ['skipped', '–'],
  ] as const;
  const cellOf = (claims: ClaimRecord[] = []): string => {
    const counts = tally(claims);
    const others = marks.flatMap(([outcome, mark]) => (counts[outcome] > 0 ? `${mark} ${counts[outcome]}` : []));
    return [...others, String(counts.passed)].join(' ');
  };
  return formatTable(
    [{ title: 'claims passed' }, ...envoys.map(({ name }) => ({ title: name, align: 'right' as const }))],
    chaptersAcross({ envoys }).map(({ chapter, on }) => [
      chapter.slug,
      ...envoys.map((envoy) => cellOf(on.get(envoy)?.claims)),
    ]),
    (cell, column) => {
      if (column === 0) return dim(cell);
      return /[✗!]/.test(cell) ? red(cell) : cell.includes('–') ? yellow(cell) : green(cell);
    },
  );
}

function verdict(run: RunRecord, { folder, problem, notRun }: Reports, { green, red, yellow, dim }: Colors): string {
  const words = {
    passed: green('passed'),
    partial: yellow('partial'),
    failed: red('failed'),
    error: red('error'),
    running: yellow('interrupted'),
  };
  const [envoy = { name: '', chapters: [] }, ...more] = run.envoys;
  const left = notSelectedOf(run.envoys.flatMap(({ chapters }) => chapters));
  return [
    ...(more.length > 0 ? run.envoys.map((each) => `  ${each.name.padEnd(12)} ${describeEnvironment(each)}`) : []),
    `${words[run.outcome]}: ${more.length > 0 ? `${run.envoys.length} Envoy versions` : describeEnvironment(envoy)}, ${duration(run.durationMs)}`,
    ...skipReasons(run).map(({ reason, claims }) => `${yellow('–')} ${counted(claims, 'claim')} skipped: ${reason}`),
    ...(left > 0 ? [dim(`${counted(left, 'claim')} not selected`)] : []),
    ...(notRun === undefined ? [] : [notRun]),
    problem === undefined
      ? dim(`${run.outcome === 'running' ? 'partial report' : 'report'}: ${folder}/report.html`)
      : yellow(`no report: ${problem}`),
  ].join('\n');
}

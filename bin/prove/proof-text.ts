import { type ChapterProof, type Difference, type Fate, type FaultProof, fateOf } from '../../helpers/record/proof.ts';
import type { ChapterRecord } from '../../helpers/record/record.ts';
import { counted, duration, indented } from '../../helpers/report/wording.ts';
import { killsFile } from '../../helpers/scenario/suite-files.ts';
import { colours as pc } from '../colours.ts';
import type { Trial } from './trials.ts';

/** A cell of the table: expected and actual fate, or an actual fate that is never expected. */
const CELLS = {
  'killed killed': pc.green('●'),
  'survived survived': pc.dim('·'),
  'killed survived': pc.red('✗'),
  'survived killed': pc.red('!'),
  error: pc.red('?'),
  skipped: pc.yellow('–'),
} as const;

function cellOf(expected: Difference['expected'], actual: Fate): string {
  return CELLS[actual === 'error' || actual === 'skipped' ? actual : (`${expected} ${actual}` as const)];
}

/** A line for a trial, and its differences or, where verbose, the fate of each claim. */
export function describeTrial(
  fault: FaultProof,
  { record, ms }: Trial,
  { progress, verbose }: { progress: string; verbose: boolean },
): string {
  const { name, tried, killed, differences, skipped } = fault;
  const sign = skipped ? pc.yellow('–') : differences.length + +(killed.length === 0) > 0 ? pc.red('✗') : pc.green('✓');
  const of = `detected by ${killed.length} of ${counted(tried.length, 'claim')}`;
  return [
    `${sign} ${pc.dim(progress)} ${record.slug}: ${name}  ${pc.dim(`${of}  ${record.reused ? 'reused' : duration(ms)}`)}`,
    ...(verbose ? claimLines(fault, record) : differenceLines(differences, { errors: true })),
  ].join('\n');
}

/** `12 reused, 3 injected` */
export function describeReuse(results: { reused?: true }[]): string {
  const reused = results.filter((each) => each.reused).length;
  return `${reused} reused, ${results.length - reused} injected`;
}

function claimLines({ expected }: FaultProof, trial: ChapterRecord): string[] {
  return trial.claims.map(({ title, error }) => {
    const cell = cellOf(expected.includes(title) ? 'killed' : 'survived', fateOf(trial, title));
    return `  ${cell} ${title}${error === undefined ? '' : `\n${indented(error, 6)}`}`;
  });
}

/** How a claim ended: a claim that a fault kills fails. */
const ENDINGS: Record<Fate, string> = {
  killed: 'failed',
  survived: 'passed',
  error: 'ended in an error',
  skipped: 'skipped',
};

/** The claims that did not end as expected, grouped by fate. */
function differenceLines(differences: Difference[], { errors }: { errors: boolean }): string[] {
  const headOf = ({ expected, actual }: Difference) =>
    `${ENDINGS[actual]}, but expected to ${expected === 'killed' ? 'fail' : 'pass'}:`;
  return [...new Set(differences.map(headOf))].flatMap((head) => {
    const lines = differences
      .filter((each) => headOf(each) === head)
      .map(({ claim, error }) => {
        const why = errors && error !== undefined ? `\n${pc.dim(`        ${error.split('\n', 1)[0]}`)}` : '';
        return `      ${claim}${why}`;
      });
    return [`    ${pc.red(head)}`, ...lines];
  });
}

/** A row for each claim of a chapter, a column for each fault. */
export function describeTable({ slug, faults, claims }: ChapterProof): string {
  const heads = faults.map((_, at) => String(at + 1));
  const row = (title: string): string => {
    const cells = faults.map(({ tried, expected, killed, differences, skipped }, at) => {
      const width = heads[at]?.length ?? 1;
      if (!tried.includes(title)) return ' '.repeat(width);
      const known = differences.find(({ claim }) => claim === title)?.actual;
      const actual = skipped ? 'skipped' : (known ?? (killed.includes(title) ? 'killed' : 'survived'));
      const cell = cellOf(expected.includes(title) ? 'killed' : 'survived', actual);
      return ' '.repeat(width - 1) + cell;
    });
    return `  ${cells.join(' ')}  ${title}`;
  };
  return [
    pc.bold(slug),
    ...faults.map(({ name }, at) => `  ${pc.dim(`${heads[at]}`.padStart(2))} ${name}`),
    ...(faults.length > 0 ? [`  ${heads.join(' ')}`, ...claims.map(({ title }) => row(title))] : []),
  ].join('\n');
}

/** The differences of a chapter from its expectations; empty where there are none. */
export function describeProblems({ slug, faults, gaps, mismatches }: ChapterProof): string {
  const lines = [
    ...faults.flatMap(({ name, differences }) =>
      differences.length > 0 ? [`  ${pc.red('✗')} ${name}`, ...differenceLines(differences, { errors: false })] : [],
    ),
    ...[...gaps, ...mismatches].map((problem) => `  ${pc.red('✗')} ${problem}`),
  ];
  return lines.length > 0 ? [`${pc.bold(slug)} differs from ${killsFile(slug)}`, ...lines].join('\n') : '';
}

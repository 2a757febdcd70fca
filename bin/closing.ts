import type { Colors } from 'picocolors/types.js';
import { skipReasons, tally, troublesOf } from '../helpers/digest.ts';
import type { ChapterRecord, RunRecord } from '../helpers/record.ts';
import { replayCommand } from '../helpers/replay.ts';
import { formatTable } from '../helpers/table.ts';
import { counted, describeGround, duration } from '../helpers/wording.ts';

/** What a reader sees of a run when it is over: what went wrong and how to see it again, the table, and what ran on what. */
export function closing(run: RunRecord, folder: string, colours: Colors): string {
  return [troubles(run, colours), table(run, colours), verdict(run, folder, colours)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function troubles(run: RunRecord, { red, dim, bold }: Colors): string {
  const shown = troublesOf(run).map(({ slug, claims, outcome, error }) => {
    const title = claims.length === 1 ? claims[0]?.title : undefined;
    const evidence = claims.flatMap((claim) => claim.evidence ?? []);
    return [
      `${red(outcome === 'failed' ? '✗' : '!')} ${bold(slug)}: ${title ?? `${counted(claims.length, 'claim')} could not be tried`}`,
      indent(error),
      ...evidence.map((path) => indent(`${dim('evidence')}  ${path}`)),
      indent(`${dim('replay')}    ${replayCommand(run, slug, title)}`),
    ].join('\n');
  });
  return [...run.errors.map((error) => `${red('!')} ${error}`), ...shown].join('\n\n');
}

function table(run: RunRecord, { green, red, yellow, dim }: Colors): string {
  if (run.chapters.length === 0) return '';
  const columns = ['held', 'failed', 'skipped', 'broken'] as const;
  const paints = [dim, green, red, yellow, red];
  const row = ({ slug, claims, labStartMs }: ChapterRecord) => {
    const counts = tally(claims);
    const time = claims.reduce((sum, claim) => sum + claim.durationMs, 0);
    return [
      slug,
      ...columns.map((outcome) => String(counts[outcome])),
      labStartMs === undefined ? '' : duration(labStartMs),
      duration(time),
    ];
  };
  return formatTable(
    [{ title: 'chapter' }, ...[...columns, 'lab start', 'claims'].map((title) => ({ title, align: 'right' as const }))],
    run.chapters.map(row),
    (cell, column) => (column > 0 && cell.trim() !== '0' ? (paints[column] ?? dim) : dim)(cell),
  );
}

function verdict(run: RunRecord, folder: string, { green, red, yellow, dim }: Colors): string {
  const words = {
    held: green('held'),
    partial: yellow('partial'),
    failed: red('failed'),
    broken: red('broken'),
    running: yellow('interrupted'),
  };
  return [
    `${words[run.outcome]}: ${describeGround(run)}, ${duration(run.durationMs)}`,
    ...skipReasons(run).map(({ reason, claims }) => `${yellow('–')} ${counted(claims, 'claim')} skipped: ${reason}`),
    dim(`report: ${folder}/summary.md`),
  ].join('\n');
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

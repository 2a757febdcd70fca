import { block, code, present, table } from '../book/markdown.ts';
import { describeChange } from '../envoy/known-changes.ts';
import { type ChapterAcross, changesOf, chaptersAcross, skipReasons, troublesOf } from '../record/digest.ts';
import type { EnvoyRecord, RunRecord } from '../record/record.ts';
import { replayCommand } from '../record/replay.ts';
import { describeCounts, describeLacking, MARKS, VERDICTS } from '../record/verdict.ts';
import { counted, describeMachine, describeTrouble, duration } from './wording.ts';

/** A run as a Markdown page: environment, outcome, every claim on every Envoy, and the errors. */
export function summarize(run: RunRecord): string {
  const parts = [
    '# envoy-big-book',
    `**${VERDICTS[run.outcome]}** ${describeCounts(run)}.`,
    `Run ${run.id}, started ${run.started}, ${duration(run.durationMs)}.`,
    ...run.envoys.map(ground),
    ...chaptersAcross(run).map((across) => chapterSection(across, run.envoys)),
    troubleSection(run),
    skipSection(run),
  ];
  return `${present(parts).join('\n\n')}\n`;
}

function ground({ name, build, machine }: EnvoyRecord): string {
  const rows = [
    ['Build', build ? code(build.fullVersion) : 'unknown'],
    ['Image', build ? `${code(build.image)} (${build.source})` : 'unknown'],
    ['Machine', machine ? describeMachine(machine) : 'not probed'],
    ['Rules', machine ? `by ${code(machine.backend)}` : 'not probed'],
    ['Lacking', machine ? describeLacking(machine) : 'not probed'],
  ];
  return table(
    ['Envoy', cell(build ? name : `${name}: was not met`)],
    rows.map((cells) => cells.map(cell)),
  );
}

function chapterSection({ chapter, on }: ChapterAcross, envoys: EnvoyRecord[]): string {
  const titles = [...new Set([...on.values()].flatMap(({ claims }) => claims.map(({ title }) => title)))];
  const row = (title: string): string => {
    const claims = envoys.map((envoy) => on.get(envoy)?.claims.find((claim) => claim.title === title));
    const notes = changesOf(claims).map(describeChange);
    const cells = claims.map((claim) => (claim ? `${MARKS[claim.outcome]} ${duration(claim.durationMs)}` : ''));
    return `| ${[cell([title, ...notes.map((note) => `*${note}*`)].join('<br>')), ...cells].join(' | ')} |`;
  };
  const starts = envoys.map((envoy) => on.get(envoy)?.labStartMs);
  return [
    `## ${chapter.title}`,
    `${code(chapter.slug)}: ${chapter.requirement} (${chapter.topology}, ${chapter.envoyConfig === undefined ? 'without Envoy' : code(chapter.envoyConfig)})`,
    [
      `| claim | ${envoys.map(({ name }) => cell(name)).join(' | ')} |`,
      `| --- |${envoys.map(() => ' ---: |').join('')}`,
      ...titles.map(row),
      `| *lab start* | ${starts.map((ms) => (ms === undefined ? '' : duration(ms))).join(' | ')} |`,
    ].join('\n'),
  ].join('\n\n');
}

function troubleSection(run: RunRecord): string {
  const parts = troublesOf(run).map((trouble) => {
    const { envoy, slug, outcome, claims, error } = trouble;
    return [
      `### ${describeTrouble(trouble, run)}`,
      `${outcome === 'failed' ? 'Failed' : 'Set-up or lab trouble'}:`,
      block('text', error),
      ...claims.flatMap(({ evidence }) => (evidence === undefined ? [] : `Evidence: ${code(evidence)}`)),
      'Replay:',
      block('text', replayCommand(envoy, slug, claims.length === 1 ? claims[0]?.title : undefined)),
    ].join('\n\n');
  });
  const errors = run.errors.map((error) => `### Outside every claim\n\n${block('text', error)}`);
  return parts.length + errors.length === 0 ? '' : ['## What went wrong', ...errors, ...parts].join('\n\n');
}

function skipSection(run: RunRecord): string {
  const items = skipReasons(run).map(({ reason, claims }) => `- ${counted(claims, 'claim')}: ${reason}`);
  return items.length === 0 ? '' : `## Not tried here\n\n${items.join('\n')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

import { block, code, present, table } from '../book/markdown.ts';
import { describeChange } from '../envoy/known-changes.ts';
import {
  type ChapterAcross,
  changesOf,
  chaptersAcross,
  skipReasons,
  type Trouble,
  troublesOf,
} from '../record/digest.ts';
import type { EnvoyRecord, RunRecord } from '../record/record.ts';
import { replayCommand } from '../record/replay.ts';
import { describeCounts, describeLacking, MARKS, VERDICTS } from '../record/verdict.ts';
import { counted, describeMachine, describeSubject, describeTrouble, duration } from './wording.ts';

/** A run as a Markdown page: outcome, failed claims, errors, environment, and every claim on every Envoy. */
export function summarize(run: RunRecord): string {
  const parts = [
    `# ${describeSubject(run)}`,
    `**${VERDICTS[run.outcome]}** ${describeCounts(run)}.`,
    `Run ${run.id}, started ${run.started}, ${duration(run.durationMs)}.`,
    run.command === undefined ? '' : block('sh', run.command),
    ...troubleSection('Failed claims', troubleTexts(run, 'failed')),
    ...troubleSection('Errors', [...run.errors.map(outsideText), ...troubleTexts(run, 'error')]),
    skipSection(run),
    ...run.envoys.map(environment),
    ...chaptersAcross(run).map((across) => chapterSection(across, run.envoys)),
  ];
  return `${present(parts).join('\n\n')}\n`;
}

function environment({ name, build, machine }: EnvoyRecord): string {
  const rows = [
    ['Build', build ? code(build.fullVersion) : 'unknown'],
    ['Image', build ? `${code(build.image)} (${build.source})` : 'unknown'],
    ['Machine', machine ? describeMachine(machine) : 'not probed'],
    ['Rule backend', machine ? code(machine.backend) : 'not probed'],
    ['Missing capabilities', machine ? describeLacking(machine) : 'not probed'],
  ];
  return table(
    ['Envoy', cell(build ? name : `${name}: did not start`)],
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

function troubleSection(title: string, texts: string[]): string[] {
  return texts.length > 0 ? [`## ${title}`, ...texts] : [];
}

function troubleTexts(run: RunRecord, outcome: Trouble['outcome']): string[] {
  const troubles = troublesOf(run).filter((trouble) => trouble.outcome === outcome);
  return troubles.map((trouble) => {
    const { envoy, slug, claims, error } = trouble;
    return [
      `### ${describeTrouble(trouble, run)}`,
      block('text', error),
      ...claims.flatMap(({ evidence }) => (evidence === undefined ? [] : `Failure bundle: ${code(evidence)}`)),
      'Replay:',
      block('text', replayCommand(envoy, slug, claims.length === 1 ? claims[0]?.title : undefined)),
    ].join('\n\n');
  });
}

function outsideText(error: string): string {
  return `### Outside every claim\n\n${block('text', error)}`;
}

function skipSection(run: RunRecord): string {
  const items = skipReasons(run).map(({ reason, claims }) => `- ${counted(claims, 'claim')}: ${reason}`);
  return items.length === 0 ? '' : `## Skipped claims\n\n${items.join('\n')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

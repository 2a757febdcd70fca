import { describeChange } from '../envoy/known-changes.ts';
import { type ChapterAcross, changesOf, chaptersAcross, skipReasons, troublesOf } from '../record/digest.ts';
import type { EnvoyRecord, RunRecord } from '../record/record.ts';
import { replayCommand } from '../record/replay.ts';
import { describeCounts, describeLacking, MARKS, VERDICTS } from '../record/verdict.ts';
import { counted, describeMachine, duration } from './wording.ts';

/** A run as a Markdown page: on what, with which outcome, every claim on every Envoy, and what went wrong and why. */
export function summarize(run: RunRecord): string {
  return [
    '# envoy-big-book',
    `**${VERDICTS[run.outcome]}** ${describeCounts(run)}.`,
    `Run ${run.id}, started ${run.started}, ${duration(run.durationMs)}.`,
    ...run.envoys.map(ground),
    ...chaptersAcross(run).map((across) => chapterSection(across, run.envoys)),
    troubleSection(run),
    skipSection(run),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function ground({ name, identity, machine }: EnvoyRecord): string {
  const rows = [
    ['Build', identity ? code(identity.build) : 'unknown'],
    ['Image', identity ? `${code(identity.image)} (${identity.source})` : 'unknown'],
    ['Machine', machine ? describeMachine(machine) : 'not probed'],
    ['Rules', machine ? `by ${code(machine.backend)}` : 'not probed'],
    ['Lacking', machine ? describeLacking(machine) : 'not probed'],
  ];
  return [
    `| Envoy | ${cell(identity ? name : `${name}: was not met`)} |`,
    '| --- | --- |',
    ...rows.map(([title, value]) => `| ${title} | ${cell(value ?? '')} |`),
  ].join('\n');
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
  const several = run.envoys.length > 1;
  const parts = troublesOf(run).map(({ envoy, slug, outcome, claims, error }) => {
    const [first] = claims;
    const alone = claims.length === 1 ? first?.title : undefined;
    const evidence = claims.flatMap((claim) => claim.evidence ?? []);
    return [
      `### ${slug}${several ? ` on Envoy ${envoy.name}` : ''}: ${alone ?? `${counted(claims.length, 'claim')} could not be tried`}`,
      `${outcome === 'failed' ? 'Failed' : 'Set-up or lab trouble'}:`,
      block(error),
      ...evidence.map((folder) => `Evidence: ${code(folder)}`),
      'Replay:',
      block(replayCommand(envoy, slug, alone)),
    ].join('\n\n');
  });
  const errors = run.errors.map((error) => ['### Outside every claim', block(error)].join('\n\n'));
  return parts.length + errors.length === 0 ? '' : ['## What went wrong', ...errors, ...parts].join('\n\n');
}

function skipSection(run: RunRecord): string {
  const reasons = skipReasons(run);
  if (reasons.length === 0) return '';
  return [
    '## Not tried here',
    reasons.map(({ reason, claims }) => `- ${counted(claims, 'claim')}: ${reason}`).join('\n'),
  ].join('\n\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Fenced with more backticks than the text holds in a row, so that no text can end the fence. */
function block(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

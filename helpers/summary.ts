import { skipReasons, tally, troublesOf } from './digest.ts';
import { claimsOf, type Outcome, type RunRecord } from './record.ts';
import { replayCommand } from './replay.ts';
import { counted, describeEnvoy, describeMachine, duration } from './wording.ts';

const MARKS: Record<Outcome, string> = {
  held: '✓',
  failed: '✗',
  skipped: '–',
  broken: '!',
  partial: '✓',
  running: '…',
};

const VERDICTS: Record<RunRecord['outcome'], string> = {
  held: 'Every claim held.',
  partial: 'Partial: every claim that was tried held, some could not be tried here.',
  failed: 'A claim failed.',
  broken: 'Set-up or lab trouble: nothing can be said about some of the claims.',
  running: 'The run was cut off: this is what was known by then.',
};

/** A run as a Markdown page: on what, with which outcome, every claim, and what went wrong and why. */
export function summarize(run: RunRecord): string {
  return [
    '# envoy-big-book',
    `**${VERDICTS[run.outcome]}** ${countsOf(run)}.`,
    ground(run),
    ...run.chapters.map(chapterSection),
    troubleSection(run),
    skipSection(run),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function countsOf(run: RunRecord): string {
  const counts = Object.entries(tally(claimsOf(run))).filter(([, count]) => count > 0);
  return `${counted(run.chapters.length, 'chapter')}: ${counts.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'no claim ran'}`;
}

function ground(run: RunRecord): string {
  const rows = [
    ['Run', `${run.id}, started ${run.started}, ${duration(run.durationMs)}`],
    ['Envoy', run.envoy ? `${describeEnvoy(run.envoy)}, image ${code(run.envoy.image)}` : 'none was met'],
    ['Build', run.envoy ? code(run.envoy.build) : 'unknown'],
    ['Machine', run.machine ? describeMachine(run.machine) : 'not probed'],
    ['Rules', run.machine ? `by ${code(run.machine.backend)}` : 'not probed'],
    ['Lacking', lacking(run)],
  ];
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${cell(value ?? '')} |`)].join('\n');
}

function lacking(run: RunRecord): string {
  if (!run.machine) return 'not probed';
  const missing = run.machine.capabilities.filter(({ available }) => !available);
  return missing.map(({ name, reason }) => `${name} (${reason})`).join('; ') || 'nothing';
}

function chapterSection(chapter: RunRecord['chapters'][number]): string {
  const lab = chapter.labStartMs === undefined ? '' : `, lab up in ${duration(chapter.labStartMs)}`;
  return [
    `## ${chapter.title}`,
    `${code(chapter.slug)}: ${chapter.requirement} (${chapter.topology}, ${chapter.envoyConfig === undefined ? 'without Envoy' : code(chapter.envoyConfig)}${lab})`,
    [
      '| | claim | time |',
      '| --- | --- | ---: |',
      ...chapter.claims.map(
        (claim) => `| ${MARKS[claim.outcome]} | ${cell(claim.title)} | ${duration(claim.durationMs)} |`,
      ),
    ].join('\n'),
  ].join('\n\n');
}

function troubleSection(run: RunRecord): string {
  const parts = troublesOf(run).map(({ slug, outcome, claims, error }) => {
    const [first] = claims;
    const alone = claims.length === 1 ? first?.title : undefined;
    const evidence = claims.flatMap((claim) => claim.evidence ?? []);
    return [
      `### ${slug}: ${alone ?? `${counted(claims.length, 'claim')} could not be tried`}`,
      `${outcome === 'failed' ? 'Failed' : 'Set-up or lab trouble'}:`,
      block(error),
      ...evidence.map((folder) => `Evidence: ${code(folder)}`),
      'Replay:',
      block(replayCommand(run, slug, alone)),
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

import { PLAIN } from '../../compare/word-diff.ts';
import { describeMachine } from '../../report/wording.ts';
import type { Finding } from '../finding.ts';
import type { CheckReport, ConfigReport } from '../report.ts';
import {
  askedLine,
  causeLines,
  fileOf,
  placesOf,
  replayOf,
  showsValues,
  valuesOf,
  versionsOf,
} from './finding-parts.ts';

/** A report as Markdown for a pull request. */
export function checkMarkdown(report: CheckReport, program: string): string {
  const stale = report.staleAccepted.map((line) => `- ${text(line)}`);
  return [
    ...report.configs.map((config) => configMarkdown(config, program)),
    ...(stale.length > 0 ? ['### Accepted findings that do not occur', stale.join('\n')] : []),
    ...(report.machine ? [`<sub>${text(describeMachine(report.machine))}</sub>`] : []),
  ]
    .join('\n\n')
    .concat('\n');
}

function configMarkdown(config: ConfigReport, program: string): string {
  const versions = versionsOf(config);
  const shown = config.findings.filter(({ level }) => level !== 'added');
  const added = config.findings.filter(({ level }) => level === 'added');
  const list = (title: string, lines: string[]): string[] =>
    lines.length === 0
      ? []
      : [`<details><summary>${title}</summary>\n\n${lines.map((line) => `- ${text(line)}`).join('\n')}\n\n</details>`];
  const asked = askedLine(config);
  return [
    `## Envoy ${versions.map(text).join(' → ')}: ${code(config.config)}`,
    `**${text(config.verdict)}**`,
    ...(asked === undefined ? [] : [`${text(asked)}. ${text(config.topology)}: ${text(config.contents)}.`]),
    ...(shown.length > 0 ? [table(shown, config, program)] : []),
    ...list(
      `Added names: ${added.length}`,
      added.map(({ what }) => what),
    ),
    ...list(
      `Not seen: ${config.notSeen.length}`,
      config.notSeen.map(({ name, why }) => `${name}: ${why}`),
    ),
    ...list('Made and added', config.added),
    ...list('Notes', config.notes),
  ].join('\n\n');
}

function table(findings: Finding[], config: ConfigReport, program: string): string {
  const versions = versionsOf(config);
  const rows = findings.map((finding) => {
    const [a, b] = showsValues(finding) ? valuesOf(finding, PLAIN) : [];
    const replay = replayOf(finding, config, program);
    const place = finding.line === undefined ? finding.place : `${finding.place} (${fileOf(config, finding.line)})`;
    const where = [
      cell(place),
      ...(finding.count > 1 ? [placesOf(finding)] : []),
      ...causeLines(finding.cause, versions).map(cell),
      ...(finding.accepted === undefined ? [] : [`accepted: ${cell(finding.accepted)}`]),
      ...(replay === undefined ? [] : [code(replay)]),
    ];
    const level = `${finding.level}<br>${code(finding.code)}`;
    return `| ${[level, cell(finding.what), code(a), code(b), where.join('<br>')].join(' | ')} |`;
  });
  return [
    `| level | what | ${versions.map(cell).join(' | ')} | where and why |`,
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** Text that is no HTML and no Markdown: a config's names are a stranger's. */
function text(value: string): string {
  return value
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/([\\`*_[\]@#])/g, '\\$1');
}

function cell(value: string): string {
  return text(value).replaceAll('|', '\\|');
}

function code(value: string | undefined): string {
  if (value === undefined || value === '') return '';
  const inline = value.replaceAll(/[\r\n]+/g, ' ').replaceAll('|', '\\|');
  const fence = '`'.repeat(Math.max(0, ...[...inline.matchAll(/`+/g)].map(([ticks]) => ticks.length)) + 1);
  return fence.length > 1 ? `${fence} ${inline} ${fence}` : `\`${inline}\``;
}

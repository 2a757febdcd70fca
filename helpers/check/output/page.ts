import { PLAIN } from '../../compare/word-diff.ts';
import { type Content, type Html, html } from '../../report/html.ts';
import { command, details, table } from '../../report/page/elements.ts';
import { pageFrame } from '../../report/page-frame.ts';
import { counted, describeMachine } from '../../report/wording.ts';
import type { Finding, Level } from '../finding.ts';
import type { CheckReport, ConfigReport } from '../report.ts';
import { fails, isNotComparable, outcomeOf } from '../verdict.ts';
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

const OUTCOMES = { passed: 'passed', failed: 'failed', 'not comparable': 'error', 'not asked': 'error' } as const;

/** A report as one page of HTML without further files. */
export function checkPage(report: CheckReport, failOn: Level, program: string): string {
  const outcome = outcomeOf(report, failOn);
  const [first, ...more] = report.configs;
  const subject = first && more.length === 0 ? first.config : counted(report.configs.length, 'config');
  const versions = first ? versionsOf(first).join(' → ') : '';
  const total = report.configs.reduce(
    (sum, { findings }) => sum + findings.filter(({ level }) => level !== 'added').length,
    0,
  );
  const facts: [string, Content][] = [
    ['Envoy', versions],
    ['Check', report.id],
    ['Started', html`<time datetime="${report.started}">${report.started}</time>`],
    ['Command', html`<code>${report.command}</code>`],
    ...(report.machine ? [['Machine', describeMachine(report.machine)] satisfies [string, string]] : []),
  ];
  const sections = report.configs.map((config, at): [string, string, Content] => [
    `config-${at + 1}`,
    config.config,
    configHtml(config, failOn, program),
  ]);
  const stale = report.staleAccepted.map((line) => html`<li>${line}</li>`);
  return pageFrame({
    title: `${outcome}: ${subject}, Envoy ${versions} – envoy-big-book`,
    heading: `Check of ${subject}`,
    outcome: OUTCOMES[outcome],
    verdict: outcome,
    counts: first && more.length === 0 ? first.verdict : counted(total, 'finding'),
    facts,
    sections: [
      ...sections,
      ...(stale.length > 0
        ? [['stale', 'Accepted findings that do not occur', html`<ul>${stale}</ul>`] satisfies [string, string, Html]]
        : []),
    ],
  });
}

function configHtml(config: ConfigReport, failOn: Level, program: string): Content {
  const shown = config.findings.filter(({ level }) => level !== 'added');
  const added = config.findings.filter(({ level }) => level === 'added');
  const asked = askedLine(config);
  const list = (title: string, lines: string[]): Content =>
    lines.length === 0
      ? undefined
      : details(`${title}: ${lines.length}`, html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`);
  const seen = isNotComparable(config)
    ? 'error'
    : shown.some((finding) => fails(finding, failOn))
      ? 'failed'
      : 'passed';
  return html`<p class="${seen}"><strong>${config.verdict}</strong></p>
<p class="dim">${[config.topology, config.contents, asked].filter((part) => part !== undefined && part !== '').join('; ')}</p>
${shown.map((finding) => findingHtml(finding, config, failOn, program))}${list(
  'Added names',
  added.map(({ what }) => what),
)}${list(
  'Not seen',
  config.notSeen.map(({ name, why }) => `${name}: ${why}`),
)}${list('Made and added', config.added)}${list('Notes', config.notes)}`;
}

function findingHtml(finding: Finding, config: ConfigReport, failOn: Level, program: string): Html {
  const versions = versionsOf(config);
  const values = showsValues(finding) ? valuesOf(finding, PLAIN) : undefined;
  const replay = replayOf(finding, config, program);
  const place = finding.line === undefined ? finding.place : `${finding.place} (${fileOf(config, finding.line)})`;
  const rows = versions.map((version, at) => [
    html`<th scope="row">${version}</th>`,
    html`<td><code>${values?.[at] ?? '(nothing)'}</code></td>`,
  ]);
  const mark = fails(finding, failOn) ? 'trouble' : 'finding';
  return html`<div class="${mark}">
<h3>${finding.level}: ${finding.what}</h3>
<p>${place} <span class="note">${[finding.code, placesOf(finding)].filter((part) => part !== '').join(', ')}</span></p>
${values ? table('values', [], rows) : undefined}${causeLines(finding.cause, versions).map((line) => html`<p>${line}</p>\n`)}${
  finding.accepted === undefined ? undefined : html`<p>accepted: ${finding.accepted}</p>\n`
}${replay === undefined ? undefined : command(replay, 'replay command')}</div>
`;
}

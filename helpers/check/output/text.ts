import type { Colors } from 'picocolors/types.js';
import { type DiffStyle, PLAIN } from '../../compare/word-diff.ts';
import { counted, describeMachine } from '../../report/wording.ts';
import { wrapped } from '../../report/wrap.ts';
import type { Finding, Level } from '../finding.ts';
import type { CheckReport, ConfigReport } from '../report.ts';
import { fails } from '../verdict.ts';
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

export interface TextOptions {
  colours: Colors;
  /** The width of the terminal. */
  width: number;
  failOn: Level;
  /** The command that runs this installation. */
  program: string;
}

/** How many names of level `added`, and how many things not seen of a kind, are printed. */
const FEW = 8;

/** A report for a terminal: for each config the verdict, then findings by weight, then what was not seen. */
export function checkText(report: CheckReport, options: TextOptions): string {
  const { bold, yellow, dim } = options.colours;
  const parts = report.configs.map((config) => configText(config, options));
  const stale = report.staleAccepted.map((line) => `  ${line}`);
  return [
    ...parts,
    ...(stale.length > 0 ? [[yellow(bold('accepted findings that do not occur')), ...stale].join('\n')] : []),
    ...(report.machine ? [dim(describeMachine(report.machine))] : []),
  ].join('\n\n');
}

function configText(config: ConfigReport, options: TextOptions): string {
  const { bold, dim, red, green } = options.colours;
  const failed = config.findings.some((finding) => fails(finding, options.failOn));
  const paint = failed ? red : config.findings.length === 0 ? green : bold;
  const facts = [config.topology, config.contents].filter((part) => part !== '').join('; ');
  const shown = config.findings.filter(({ level }) => level !== 'added');
  const added = config.findings.filter(({ level }) => level === 'added');
  const asked = askedLine(config);
  return [
    [`${bold(config.config)}${facts === '' ? '' : dim(`  ${facts}`)}`, paint(bold(config.verdict))].join('\n'),
    ...shown.map((finding) => findingText(finding, config, options)),
    ...(added.length > 0 ? [addedText(added, options)] : []),
    ...section('not seen', notSeenLines(config), options),
    ...section('made and added', config.added, options),
    ...section('notes', config.notes, options),
    ...(asked === undefined ? [] : [dim(asked)]),
  ].join('\n\n');
}

function findingText(finding: Finding, config: ConfigReport, options: TextOptions): string {
  const { colours, failOn, program, width } = options;
  const { bold, dim, red, yellow, green } = colours;
  const style: DiffStyle = colours.isColorSupported ? { removed: red, added: green } : PLAIN;
  const versions = versionsOf(config);
  const pad = Math.max(...versions.map(({ length }) => length), 'replay'.length);
  const values = showsValues(finding) ? valuesOf(finding, style) : undefined;
  const fact = (name: string, text: string): string => {
    const indent = ' '.repeat(pad + 4);
    // A command and a coloured value stay on one line: wrapping would break them.
    const body = name === 'replay' || values?.includes(text) ? indent + text : wrapped(text, width, indent);
    return `  ${name.padEnd(pad)}  ${body.trimStart()}`;
  };
  const replay = replayOf(finding, config, program);
  const at = finding.line === undefined ? finding.place : `${finding.place} (${fileOf(config, finding.line)})`;
  const paint = finding.accepted !== undefined ? dim : fails(finding, failOn) ? red : yellow;
  const tail = [finding.code, placesOf(finding)].filter((part) => part !== '').join(', ');
  return [
    `${paint(bold(finding.level))}  ${finding.what}  ${dim(`[${tail}]`)}`,
    ...(at === '' || at === finding.what ? [] : [fact('at', at)]),
    ...(values
      ? [fact(versions[0], values[0] ?? dim('(nothing)')), fact(versions[1], values[1] ?? dim('(nothing)'))]
      : []),
    ...causeLines(finding.cause, versions).map((line, index) => fact(index === 0 ? 'cause' : '', line)),
    ...(finding.accepted === undefined ? [] : [fact('accepted', finding.accepted)]),
    ...(replay === undefined ? [] : [fact('replay', replay)]),
  ].join('\n');
}

function addedText(added: Finding[], { colours, width }: TextOptions): string {
  const { bold, dim } = colours;
  const names = added.slice(0, FEW).map(({ what, b, request }) => (request === undefined ? (b ?? what) : what));
  const count = added.reduce((sum, finding) => sum + finding.count, 0);
  const rest = added.length > FEW ? ` and ${added.length - FEW} more (--json lists them)` : '';
  return [bold(`added  ${counted(count, 'name')}`), dim(wrapped(`${names.join(', ')}${rest}`, width, '  '))].join('\n');
}

function notSeenLines({ notSeen }: ConfigReport): string[] {
  const kinds = [...new Set(notSeen.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const those = notSeen.filter((each) => each.kind === kind);
    const rest = those.length > FEW ? [`${kind}: ${those.length - FEW} more (--json lists them)`] : [];
    return [...those.slice(0, FEW).map(({ name, why }) => `${name}: ${why}`), ...rest];
  });
}

function section(title: string, lines: string[], { colours, width }: TextOptions): string[] {
  if (lines.length === 0) return [];
  return [[colours.bold(title), ...lines.map((line) => wrapped(line, width, '    ', '  '))].join('\n')];
}

import { type DiffStyle, wordDiff } from '../../compare/word-diff.ts';
import { askedFor } from '../../record/variants.ts';
import { counted } from '../../report/wording.ts';
import { shellWords } from '../../util/shell-words.ts';
import type { Cause, Finding } from '../finding.ts';
import type { ConfigReport } from '../report.ts';

/** Pages of release notes that a finding names. */
const MOST_PAGES = 2;

/** Longer values are cut for printing. */
const LONGEST = 400;

/** Both values of a finding in one line each, with a word diff; undefined where a version has none. */
export function valuesOf({ a, b }: Finding, style: DiffStyle): [a: string | undefined, b: string | undefined] {
  const [one, other] = [a, b].map((text) => text?.replaceAll(/\s+/g, ' '));
  const pair =
    one === undefined || other === undefined || !shareWords(one, other) ? [one, other] : wordDiff(one, other, style);
  const [first, second] = pair.map((text) => text && cut(text));
  return [first, second];
}

/** Whether two values are alike enough for a word diff to help. */
function shareWords(one: string, other: string): boolean {
  const marked = wordDiff(one, other, { removed: () => '', added: () => '' });
  return marked.some((kept) => /\w/.test(kept));
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

/** Whether the values of a finding say more than its line. */
export function showsValues({ level, what, a, b }: Finding): boolean {
  if (level === 'added' || level === 'refused' || level === 'never-live') return false;
  const one = (text: string | undefined): boolean => text === undefined || what.includes(text);
  return !(one(a) && one(b));
}

/** The names of both versions. */
export function versionsOf({ loads }: Pick<ConfigReport, 'loads'>): [a: string, b: string] {
  const [a = 'A', b = 'B'] = loads.map(({ envoy }) => envoy);
  return [a, b];
}

/** The command that sends only the request of a finding and keeps its lab; undefined without a request. */
export function replayOf(finding: Finding, config: ConfigReport, program: string): string | undefined {
  if (finding.request === undefined) return undefined;
  const { options = [] } = config;
  const named = options.includes('--from-dump') ? [] : [config.config];
  const hasEnvoys = options.some((option) => /^--envoy/.test(option));
  const envoys = hasEnvoys ? [] : ['--envoy', versionsOf(config).map(askedFor).join(',')];
  const words = ['check', ...named, ...options, ...envoys, '--only', finding.request, '--keep'];
  return `${program} ${words.map(shellWord).join(' ')}`;
}

/** A word for a shell. A value that stands for a secret is that of a variable of the shell. */
function shellWord(word: string): string {
  const [, name, variable] = /^(\w+)=\$\{(\w+)\}$/.exec(word) ?? [];
  return name !== undefined && name === variable ? `"${name}=$${name}"` : shellWords([word]);
}

/** Why the versions differ, in a line for each source. */
export function causeLines(cause: Cause | undefined, [a]: [string, string]): string[] {
  if (cause === undefined) return [];
  switch (cause.kind) {
    case 'guard':
      return [`guard ${cause.guard}: with ${cause.value}, as ${a} (--guard ${cause.guard}=${cause.value})`];
    case 'known change':
      return [`known change since ${cause.since}: ${cause.what} (${linkOf(cause.source)})`];
    case 'release notes':
      return [`no guard explains it; perhaps ${releaseNotesText(cause.entries)}`];
    case 'no guard':
      return ['no guard explains it'];
  }
}

/** `1.37.0: http, router (LINK)`, one page for each version, the likeliest first. */
function releaseNotesText(entries: readonly { version: string; area: string; link: string }[]): string {
  const versions = [...new Set(entries.map(({ version }) => version))];
  const pages = versions.map((version) => {
    const those = entries.filter((entry) => entry.version === version);
    const areas = [...new Set(those.map(({ area }) => area))];
    return `${version}: ${areas.join(', ')} (${those[0]?.link.replace(/#.*$/, '')})`;
  });
  const more = pages.length > MOST_PAGES ? `, and ${counted(pages.length - MOST_PAGES, 'version')} more` : '';
  return `${pages.slice(0, MOST_PAGES).join('; ')}${more}`;
}

/** `in 4 places`; empty for one place. */
export function placesOf({ count }: Finding): string {
  return count > 1 ? `in ${counted(count, 'place')}` : '';
}

/** `deploy/envoy.yaml:12`. */
export function fileOf({ config }: ConfigReport, line: number | undefined): string {
  return line === undefined ? config : `${config}:${line}`;
}

/** `48 requests of 80, 14 reached an upstream; noise in 2 places`. */
export function askedLine({ ask }: ConfigReport): string | undefined {
  if (!ask) return undefined;
  const of = ask.derived > ask.sent ? ` of ${ask.derived} (--all-requests sends all)` : '';
  const noise = ask.noise === 0 ? 'no noise' : `noise in ${counted(ask.noise, 'place')} left out`;
  return `${counted(ask.sent, 'request')}${of}, ${ask.reached} reached an upstream; ${noise}`;
}

/** The link of a source, or its text where it has none. */
function linkOf(source: string): string {
  return /https:\/\/[^\s;,]+/.exec(source)?.[0] ?? source;
}

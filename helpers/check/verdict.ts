import { counted } from '../report/wording.ts';
import { type Finding, LEVELS, type Level } from './finding.ts';
import type { AskResult, CheckReport, ConfigReport, LoadResult } from './report.ts';

/** Findings of this level or a heavier one fail a check by default. */
export const DEFAULT_FAIL_ON: Level = 'answer';

/** Heaviest first; of one level, those in most places first. */
export function byLevel(x: Finding, y: Finding): number {
  return LEVELS.indexOf(x.level) - LEVELS.indexOf(y.level) || y.count - x.count || (x.code < y.code ? -1 : 1);
}

/** Whether a finding fails a check. */
export function fails({ level, accepted }: Finding, failOn: Level): boolean {
  return accepted === undefined && LEVELS.indexOf(level) <= LEVELS.indexOf(failOn);
}

/** Whether no version takes the config, so that there is nothing to compare. */
export function isNotComparable({ loads }: Pick<ConfigReport, 'loads'>): boolean {
  return loads.length > 0 && loads.every(({ outcome }) => outcome !== 'live');
}

/**
 * The result of a check: a finding at or above a level, a config that no version takes, one whose lab did not
 * start, or none of these.
 */
export function outcomeOf(report: CheckReport, failOn: Level): 'failed' | 'not comparable' | 'not asked' | 'passed' {
  if (report.configs.some(({ findings }) => findings.some((finding) => fails(finding, failOn)))) return 'failed';
  if (report.configs.some(isNotComparable)) return 'not comparable';
  return report.configs.some(({ unasked }) => unasked !== undefined) ? 'not asked' : 'passed';
}

/** The verdict on a config in one line. */
export function verdictOf(loads: LoadResult[], findings: Finding[], ask?: AskResult): string {
  if (isNotComparable({ loads }) && !findings.some(({ level }) => level === 'crash')) return verdictOfBoth(loads);
  const versions = loads.map(({ envoy }) => envoy).join(' → ');
  const open = findings.filter(({ accepted }) => accepted === undefined);
  const accepted = findings.length - open.length;
  const beside = accepted > 0 ? `; ${counted(accepted, 'finding')} accepted` : '';
  const isAsked = ask !== undefined && ask.sent > 0;
  const scope = isAsked ? ` in ${requestsOf(ask)}` : '';
  const unasked = isAsked ? '' : '; no request was sent';
  const shown = open.filter(({ level }) => level !== 'added');
  if (shown.length === 0)
    return `${versions}: no difference${isAsked ? scope : ' in how they load it'}${unasked}${beside}`;
  const levels = LEVELS.flatMap((level) => {
    const count = shown.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [`${count} ${level}`];
  });
  return `${versions}: ${counted(shown.length, 'finding')}${scope}: ${levels.join(', ')}${unasked}${beside}`;
}

/** `60 requests`, `16 of 60 requests, for lack of time`. */
function requestsOf({ sent, chosen }: AskResult): string {
  return sent < chosen ? `${sent} of ${chosen} requests, for lack of time` : counted(sent, 'request');
}

/** A config that no version takes: the upgrade is not the cause. */
function verdictOfBoth(loads: LoadResult[]): string {
  const [one] = loads;
  const { why = '', field, line, outcome } = one ?? { outcome: 'refused' as const };
  const at = [field, line === undefined ? undefined : `line ${line}`].filter((part) => part !== undefined);
  const place = at.length > 0 ? ` (${at.join(', ')})` : '';
  const same = loads.every((load) => load.outcome === outcome);
  const how = same ? WORDS[outcome] : loads.map((load) => `${load.outcome} on ${load.envoy}`).join(', ');
  return `${how} by both versions, so the upgrade is not the cause: ${why || 'Envoy gives no reason'}${place}`;
}

const WORDS: Record<LoadResult['outcome'], string> = {
  live: 'taken',
  refused: 'refused',
  crashed: 'answered with a crash',
  'never live': 'never started completely',
};

/** Updates the verdicts after findings have been accepted. */
export function withAccepted(report: CheckReport): void {
  for (const config of report.configs) config.verdict = verdictOf(config.loads, config.findings, config.ask);
}

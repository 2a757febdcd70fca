import { counted } from '../report/wording.ts';
import { chaptersAcross, tally } from './digest.ts';
import { claimsOf, type Machine, type Outcome, type RunRecord } from './record.ts';

/** The sign that stands for how a claim ended. */
export const MARKS: Record<Outcome, string> = {
  held: '✓',
  failed: '✗',
  skipped: '–',
  broken: '!',
  partial: '✓',
  running: '…',
};

/** What the outcome of a run says. */
export const VERDICTS: Record<RunRecord['outcome'], string> = {
  held: 'Every claim held.',
  partial: 'Partial: every claim that was tried held, some could not be tried here.',
  failed: 'A claim failed.',
  broken: 'Set-up or lab trouble: nothing can be said about some of the claims.',
  running: 'The run was cut off: this is what was known by then.',
};

/** `1 chapter on 2 Envoys: 1 held, 1 failed`. */
export function describeCounts(run: RunRecord): string {
  const counts = Object.entries(tally(run.envoys.flatMap(claimsOf))).filter(([, count]) => count > 0);
  const said = counts.map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'no claim ran';
  const on = run.envoys.length > 1 ? ` on ${run.envoys.length} Envoys` : '';
  return `${counted(chaptersAcross(run).length, 'chapter')}${on}: ${said}`;
}

/** What a machine cannot do, each with the reason. */
export function describeLacking({ capabilities }: Machine): string {
  const missing = capabilities.filter(({ available }) => !available);
  return missing.map(({ name, reason }) => `${name} (${reason})`).join('; ') || 'nothing';
}

import { counted } from '../report/wording.ts';
import { EXIT } from '../util/errors.ts';
import { chaptersAcross, tally } from './digest.ts';
import { type ClaimRecord, claimsOf, type Machine, type Outcome, type RunRecord } from './record.ts';

/** Matchers reject a value of the wrong type with a TypeError: `expect(undefined).toMatch(/a/)`. */
const REJECTED = /^\.to\w+\(\) expects to receive |^actual value must be number or bigint/;

/**
 * The outcome of a claim that threw. The first error decides: lab trouble after an assertion is ignored.
 * Any other error (lab trouble, a timeout, a mistake in the claim) is no statement about Envoy.
 */
export function outcomeOfErrors([first]: readonly { name?: string; message: string }[] = []): 'failed' | 'broken' {
  const asserted = first?.name === 'AssertionError' || (first?.name === 'TypeError' && REJECTED.test(first.message));
  return asserted ? 'failed' : 'broken';
}

/** The outcome of a claim, from vitest's state of its test. */
export function outcomeOfClaim(
  state: 'passed' | 'failed' | 'skipped' | 'pending',
  errors?: Parameters<typeof outcomeOfErrors>[0],
): ClaimRecord['outcome'] {
  if (state === 'failed') return outcomeOfErrors(errors);
  return ({ passed: 'held', skipped: 'skipped', pending: 'running' } as const)[state];
}

/** The outcome of a run that has ended: the worst of its claims and errors. */
export function outcomeOfRun(run: Pick<RunRecord, 'envoys' | 'errors'>): Exclude<RunRecord['outcome'], 'running'> {
  const seen = new Set(run.envoys.flatMap(claimsOf).map((claim) => claim.outcome));
  if (seen.has('failed')) return 'failed';
  if (seen.has('broken') || run.errors.length > 0) return 'broken';
  return seen.has('skipped') ? 'partial' : 'held';
}

/** The exit status of each outcome of a run. */
export const EXIT_OF: Record<RunRecord['outcome'], number> = {
  held: EXIT.held,
  partial: EXIT.held,
  failed: EXIT.failed,
  broken: EXIT.setup,
  running: EXIT.interrupted,
};

/** The sign of each outcome. */
export const MARKS: Record<Outcome, string> = {
  held: '✓',
  failed: '✗',
  skipped: '–',
  broken: '!',
  partial: '✓',
  running: '…',
};

/** A sentence for each outcome of a run. */
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

/** The capabilities that a machine lacks, each with the reason. */
export function describeLacking({ capabilities }: Machine): string {
  const missing = capabilities.filter(({ available }) => !available);
  return missing.map(({ name, reason }) => `${name} (${reason})`).join('; ') || 'nothing';
}

import { counted } from '../report/wording.ts';
import { EXIT } from '../util/errors.ts';
import { chaptersAcross, notSelectedOf, tally } from './digest.ts';
import { type ClaimRecord, claimsOf, type Machine, type Outcome, type RunRecord } from './record.ts';

/** Matchers reject a value of the wrong type with a TypeError: `expect(undefined).toMatch(/a/)`. */
const REJECTED = /^\.to\w+\(\) expects to receive |^actual value must be number or bigint/;

/**
 * The outcome of a claim that threw. The first error decides: lab trouble after an assertion is ignored.
 * Any other error (lab trouble, a timeout, a mistake in the claim) is no statement about Envoy.
 */
export function outcomeOfErrors([first]: readonly { name?: string; message: string }[] = []): 'failed' | 'error' {
  const asserted = first?.name === 'AssertionError' || (first?.name === 'TypeError' && REJECTED.test(first.message));
  return asserted ? 'failed' : 'error';
}

/** The outcome of a claim, from vitest's state of its test. */
export function outcomeOfClaim(
  state: 'passed' | 'failed' | 'skipped' | 'pending',
  errors?: Parameters<typeof outcomeOfErrors>[0],
): ClaimRecord['outcome'] {
  if (state === 'failed') return outcomeOfErrors(errors);
  return ({ passed: 'passed', skipped: 'skipped', pending: 'running' } as const)[state];
}

/** The outcome of a run that has ended: the worst of its claims and errors. */
export function outcomeOfRun(run: Pick<RunRecord, 'envoys' | 'errors'>): Exclude<RunRecord['outcome'], 'running'> {
  const seen = new Set(run.envoys.flatMap(claimsOf).map((claim) => claim.outcome));
  if (seen.has('failed')) return 'failed';
  if (seen.has('error') || run.errors.length > 0) return 'error';
  return seen.has('skipped') ? 'partial' : 'passed';
}

/** The exit status of each outcome of a run. */
export const EXIT_OF: Record<RunRecord['outcome'], number> = {
  passed: EXIT.passed,
  partial: EXIT.passed,
  failed: EXIT.failed,
  error: EXIT.setup,
  running: EXIT.interrupted,
};

/** The sign of each outcome. */
export const MARKS: Record<Outcome, string> = {
  passed: '✓',
  failed: '✗',
  skipped: '–',
  error: '!',
  partial: '✓',
  running: '…',
};

/** A sentence for each outcome of a run. */
export const VERDICTS: Record<RunRecord['outcome'], string> = {
  passed: 'All claims passed.',
  partial: 'Partial: all claims that ran passed; some were skipped.',
  failed: 'At least one claim failed.',
  error: 'Set-up or lab error: some claims have no result.',
  running: 'The run was interrupted; this report is partial.',
};

/** `1 chapter on 2 Envoy versions, 2 claims: 1 passed, 1 failed; 24 claims not selected`. */
export function describeCounts(run: RunRecord): string {
  const claims = run.envoys.flatMap(claimsOf);
  const counts = Object.entries(tally(claims)).filter(([, count]) => count > 0);
  const each = counts.map(([outcome, count]) =>
    outcome === 'error' ? counted(count, 'error') : `${count} ${outcome}`,
  );
  const said = each.length === 0 ? ': no claim ran' : `, ${counted(claims.length, 'claim')}: ${each.join(', ')}`;
  const left = notSelectedOf(run.envoys.flatMap(({ chapters }) => chapters));
  const on = run.envoys.length > 1 ? ` on ${run.envoys.length} Envoy versions` : '';
  return `${counted(chaptersAcross(run).length, 'chapter')}${on}${said}${left > 0 ? `; ${counted(left, 'claim')} not selected` : ''}`;
}

/** The capabilities that a machine lacks, each with the reason. */
export function describeLacking({ capabilities }: Machine): string {
  const missing = capabilities.filter(({ available }) => !available);
  return missing.map(({ name, reason }) => `${name} (${reason})`).join('; ') || 'none';
}

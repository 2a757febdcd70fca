import { type ClaimRecord, claimsOf, type RunRecord } from './record.ts';

/** How many claims ended which way. */
export function tally(claims: ClaimRecord[]): Record<ClaimRecord['outcome'], number> {
  const counts = { held: 0, failed: 0, skipped: 0, broken: 0, running: 0 };
  for (const claim of claims) counts[claim.outcome] += 1;
  return counts;
}

/** Why claims were skipped: each reason once, with how many claims it kept from being tried. */
export function skipReasons(run: RunRecord): { reason: string; claims: number }[] {
  const reasons = new Map<string, number>();
  for (const claim of claimsOf(run)) {
    if (claim.outcome !== 'skipped') continue;
    const reason = claim.reason ?? 'no reason was given';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return [...reasons].map(([reason, claims]) => ({ reason, claims }));
}

/** Claims that did not hold, for one reason. */
export interface Trouble {
  slug: string;
  outcome: 'failed' | 'broken';
  error: string;
  /** At least one. */
  claims: ClaimRecord[];
}

/**
 * What failed or broke in a run. Broken claims of a chapter with the very same text are taken together: a lab that does
 * not start is one trouble, however many claims it takes with it. Failed claims each stand alone.
 */
export function troublesOf(run: RunRecord): Trouble[] {
  const troubles: Trouble[] = [];
  for (const { slug, claims } of run.chapters) {
    for (const claim of claims) {
      const { outcome, error = 'no reason was reported' } = claim;
      if (outcome !== 'failed' && outcome !== 'broken') continue;
      const same = troubles.find((known) => known.slug === slug && known.outcome === 'broken' && known.error === error);
      if (same && outcome === 'broken') same.claims.push(claim);
      else troubles.push({ slug, outcome, error, claims: [claim] });
    }
  }
  return troubles;
}

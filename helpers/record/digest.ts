import { describeChange } from '../envoy/known-changes.ts';
import { type ChapterRecord, type ClaimRecord, claimsOf, type EnvoyRecord, type RunRecord } from './record.ts';

/** The number of claims of each outcome. */
export function tally(claims: ClaimRecord[]): Record<ClaimRecord['outcome'], number> {
  const counts = { passed: 0, failed: 0, skipped: 0, error: 0, running: 0 };
  for (const claim of claims) counts[claim.outcome] += 1;
  return counts;
}

/** The number of claims that a run's selection left out of chapters. */
export function notSelectedOf(chapters: Iterable<ChapterRecord>): number {
  return [...chapters].reduce((sum, { notSelected = 0 }) => sum + notSelected, 0);
}

/** A chapter, and its record on each Envoy that it ran on. */
export interface ChapterAcross {
  chapter: ChapterRecord;
  on: Map<EnvoyRecord, ChapterRecord>;
}

/** Every chapter of a run once, by slug. */
export function chaptersAcross({ envoys }: Pick<RunRecord, 'envoys'>): ChapterAcross[] {
  const across = new Map<string, ChapterAcross>();
  for (const envoy of envoys) {
    for (const chapter of envoy.chapters) {
      const known = across.get(chapter.slug) ?? { chapter, on: new Map() };
      known.on.set(envoy, chapter);
      across.set(chapter.slug, known);
    }
  }
  return [...across.values()].sort((a, b) => (a.chapter.slug < b.chapter.slug ? -1 : 1));
}

/** The known changes that the expectations of claims depend on, each once. */
export function changesOf(claims: (ClaimRecord | undefined)[]): NonNullable<ClaimRecord['changes']> {
  const changes = claims.flatMap((claim) => claim?.changes ?? []);
  return [...new Map(changes.map((change) => [describeChange(change), change])).values()];
}

/** Each reason for which claims were skipped, with their number. */
export function skipReasons(run: RunRecord): { reason: string; claims: number }[] {
  const reasons = new Map<string, number>();
  for (const claim of run.envoys.flatMap(claimsOf)) {
    if (claim.outcome !== 'skipped') continue;
    const reason = claim.reason ?? 'no reason was given';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return [...reasons].map(([reason, claims]) => ({ reason, claims }));
}

/** Claims that failed or ended in an error, for one reason. */
export interface Trouble {
  envoy: EnvoyRecord;
  slug: string;
  outcome: 'failed' | 'error';
  error: string;
  /** At least one. */
  claims: ClaimRecord[];
}

/**
 * The failed claims of a run, each alone, and those that ended in an error, together where their errors are equal:
 * a lab that does not start is one trouble.
 */
export function troublesOf(run: RunRecord): Trouble[] {
  return run.envoys.flatMap((envoy) => {
    const troubles: Trouble[] = [];
    for (const { slug, claims } of envoy.chapters) {
      for (const claim of claims) {
        const { outcome, error = 'no reason was reported' } = claim;
        if (outcome !== 'failed' && outcome !== 'error') continue;
        const isSame = (known: Trouble) => known.slug === slug && known.outcome === outcome && known.error === error;
        const same = outcome === 'error' ? troubles.find(isSame) : undefined;
        if (same) same.claims.push(claim);
        else troubles.push({ envoy, slug, outcome, error, claims: [claim] });
      }
    }
    return troubles;
  });
}

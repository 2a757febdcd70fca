import { describeChange } from '../envoy/known-changes.ts';
import { type ChapterRecord, type ClaimRecord, claimsOf, type EnvoyRecord, type RunRecord } from './record.ts';

/** How many claims ended which way. */
export function tally(claims: ClaimRecord[]): Record<ClaimRecord['outcome'], number> {
  const counts = { held: 0, failed: 0, skipped: 0, broken: 0, running: 0 };
  for (const claim of claims) counts[claim.outcome] += 1;
  return counts;
}

/** A chapter, and what was seen of it on each Envoy that it was run on. */
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

/** The changes of Envoy by which a claim says one thing for some versions and another for others, each once. */
export function changesOf(claims: (ClaimRecord | undefined)[]): NonNullable<ClaimRecord['changes']> {
  const changes = claims.flatMap((claim) => claim?.changes ?? []);
  return [...new Map(changes.map((change) => [describeChange(change), change])).values()];
}

/** Why claims were skipped: each reason once, with how many claims it kept from being tried. */
export function skipReasons(run: RunRecord): { reason: string; claims: number }[] {
  const reasons = new Map<string, number>();
  for (const claim of run.envoys.flatMap(claimsOf)) {
    if (claim.outcome !== 'skipped') continue;
    const reason = claim.reason ?? 'no reason was given';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return [...reasons].map(([reason, claims]) => ({ reason, claims }));
}

/** Claims that did not hold, for one reason. */
export interface Trouble {
  /** On which Envoy. */
  envoy: EnvoyRecord;
  slug: string;
  outcome: 'failed' | 'broken';
  error: string;
  /** At least one. */
  claims: ClaimRecord[];
}

/**
 * What failed or broke in a run. Broken claims of a chapter on one Envoy with the very same text are taken together: a lab that does
 * not start is one trouble, however many claims it takes with it. Failed claims each stand alone.
 */
export function troublesOf(run: RunRecord): Trouble[] {
  return run.envoys.flatMap((envoy) => {
    const troubles: Trouble[] = [];
    for (const { slug, claims } of envoy.chapters) {
      for (const claim of claims) {
        const { outcome, error = 'no reason was reported' } = claim;
        if (outcome !== 'failed' && outcome !== 'broken') continue;
        const same = troubles.find(
          (known) => known.slug === slug && known.outcome === 'broken' && known.error === error,
        );
        if (same && outcome === 'broken') same.claims.push(claim);
        else troubles.push({ envoy, slug, outcome, error, claims: [claim] });
      }
    }
    return troubles;
  });
}

import { circumstancesOf, type Observation } from '../exchange/observation.ts';
import { RECORDED, RECORDED_KINDS, type RecordedKind } from '../exchange/observers/registry.ts';
import type { ChapterRecord } from '../record/record.ts';
import type { Story } from './story.ts';

/** Changes when a field is renamed, removed or means something else. */
export const EVIDENCE_SCHEMA = 'envoy-big-book/evidence@2';

/** What the pages show of a chapter's runs: the content of `docs/evidence/<slug>.json`. */
export interface ChapterEvidence {
  schema: typeof EVIDENCE_SCHEMA;
  slug: string;
  /** The version of Envoy that it was seen on. */
  envoy: string;
  claims: ClaimEvidence[];
  /** One request, seen by everything; absent until one has been traced. */
  trace?: Story;
}

export interface ClaimEvidence {
  title: string;
  exchanges: ExchangeEvidence[];
}

/** An exchange in lines that a reader takes in at once, masked. */
export interface ExchangeEvidence {
  /** What the downstream did. */
  did: string;
  /** What was observed of it, by kind; a kind of which nothing was is absent. */
  saw: Partial<Record<RecordedKind, string[]>>;
}

/** What a record says of a chapter, reduced to what its page shows. */
export function distilChapter({ slug, claims }: ChapterRecord, envoy: string): ChapterEvidence {
  return {
    schema: EVIDENCE_SCHEMA,
    slug,
    envoy,
    claims: claims.map(({ title, observations }) => ({ title, exchanges: observations.map(distilExchange) })),
  };
}

export function distilExchange(seen: Observation): ExchangeEvidence {
  const circumstances = circumstancesOf(seen);
  const describe = <K extends RecordedKind>(kind: K): string[] => RECORDED[kind].describe(seen[kind], circumstances);
  const saw = RECORDED_KINDS.map((kind) => [kind, describe(kind)] as const).filter(([, lines]) => lines.length > 0);
  return { did: seen.exchange, saw: Object.fromEntries(saw) };
}

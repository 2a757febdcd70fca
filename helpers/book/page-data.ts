import { circumstancesOf, type Observation } from '../exchange/observation.ts';
import { RECORDED, RECORDED_KINDS, type RecordedKind } from '../exchange/observers/registry.ts';
import type { ChapterRecord } from '../record/record.ts';
import type { Story } from './story.ts';

/** Changes when a field is renamed, removed or changes its meaning. */
export const EVIDENCE_SCHEMA = 'envoy-big-book/evidence@2';

/** What the pages show of a chapter's runs: the content of `docs/evidence/<slug>.json`. */
export interface ChapterEvidence {
  schema: typeof EVIDENCE_SCHEMA;
  slug: string;
  /** The version of Envoy that it was observed on. */
  envoy: string;
  claims: ClaimEvidence[];
  /** One traced request. */
  trace?: Story;
}

export interface ClaimEvidence {
  title: string;
  exchanges: ExchangeEvidence[];
}

/** An exchange in short masked lines. */
export interface ExchangeEvidence {
  /** The action of the downstream. */
  did: string;
  /** The observed lines by kind, without the kinds that have none. */
  saw: Partial<Record<RecordedKind, string[]>>;
}

/** A chapter of a record, reduced to what its page shows. */
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

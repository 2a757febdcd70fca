import type { Change } from '../envoy/known-changes.ts';
import type { Kills } from '../record/kills.ts';
import type { ChapterRecord } from '../record/record.ts';
import type { Faults } from '../scenario/faults.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RequestTrace } from './request-trace.ts';

/** A claim as its file declares it. */
export interface BookClaim {
  title: string;
  /** The changes of Envoy that the claim depends on. */
  changes: Pick<Change, 'since' | 'what' | 'source'>[];
}

/** The sources of a chapter's page. */
export interface ChapterSource {
  scenario: Scenario;
  faults: Faults;
  /** Absent until a proof has written them. */
  kills?: Kills;
  /** In the order of their file. */
  claims: BookClaim[];
  /** The text of its Envoy config; absent where it has no Envoy. */
  config?: string;
  /** Its run on the newest Envoy; absent where the record does not have it. */
  record?: Pick<ChapterRecord, 'claims'>;
  /** A request through its lab; absent until one has been traced. */
  trace?: RequestTrace;
}

/** The sources of the generated pages. */
export interface BookSources {
  chapters: ChapterSource[];
  /** The Envoy version of the record. */
  version: string;
}

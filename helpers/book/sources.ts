import type { Change } from '../envoy/known-changes.ts';
import type { Kills } from '../record/kills.ts';
import type { Faults } from '../scenario/faults.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ChapterEvidence } from './page-data.ts';
import type { EnvoysEvidence } from './versions-data.ts';

/** A claim as its file declares it. */
export interface BookClaim {
  title: string;
  /** The changes of Envoy by which it says one thing for some versions and another for others. */
  changes: Pick<Change, 'since' | 'what' | 'source'>[];
}

/** What the page of a chapter is made from. */
export interface ChapterSource {
  scenario: Scenario;
  faults: Faults;
  /** Absent until a proof has written them. */
  kills?: Kills;
  /** In the order of their file. */
  claims: BookClaim[];
  /** The text of its Envoy config; absent where it has no Envoy. */
  config?: string;
  evidence?: ChapterEvidence;
}

/** What the generated pages are made from. */
export interface BookSources {
  chapters: ChapterSource[];
  envoys: EnvoysEvidence;
}

import type { Explained } from '../../compare/explain.ts';
import type { Finding } from '../finding.ts';

/** A finding of requests with the differences that it stands for; none for an access decision. */
export interface AskFinding {
  finding: Finding;
  differences: Explained[];
}

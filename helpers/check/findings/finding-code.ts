import { createHash } from 'node:crypto';
import type { Level } from '../finding.ts';

/**
 * The code of a finding: stable for the same change of the same kind of place, whichever request shows
 * it first.
 *
 * @param what the general place and the change, without anything that varies between runs
 */
export function findingCode(level: Level, what: unknown): string {
  return `${level}-${createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 6)}`;
}

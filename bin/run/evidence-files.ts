import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceFile } from '../../helpers/report/run-page.ts';

/** As much of a file as a page shows, in characters. */
const SHOWN = 30_000;

/** What a reader looks at first. */
const FIRST = ['claim.txt', 'exchanges.json'];

/**
 * The files of a folder of evidence, the beginning of each; none where the folder is not there, as that of a run on another machine.
 *
 * Synchronous, since a report is written while a run is cut off.
 *
 * @param root the project's folder
 * @param folder relative to it
 */
export function readEvidence(root: string, folder: string): EvidenceFile[] {
  const paths = filesIn(join(root, folder));
  const rank = (path: string): number => (FIRST.includes(path) ? FIRST.indexOf(path) : FIRST.length);
  return paths
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((path) => {
      const text = readFileSync(join(root, folder, path), 'utf8');
      return { path, text: text.slice(0, SHOWN), left: Math.max(0, text.length - SHOWN) };
    });
}

function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch {
    return [];
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleFile } from '../../helpers/report/page/failures.ts';

/** The characters of a file that a page shows. */
const SHOWN = 30_000;

/** The files to show first. */
const FIRST = ['claim.txt', 'exchanges.json'];

/**
 * The beginning of each file of a failure bundle; none where it does not exist, as on another machine.
 * Synchronous, since a report is also written when a run is cut off.
 *
 * @param folder relative to the project's folder `root`
 */
export function readEvidence(root: string, folder: string): BundleFile[] {
  const rank = (path: string): number => (FIRST.includes(path) ? FIRST.indexOf(path) : FIRST.length);
  return filesIn(join(root, folder))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((path) => {
      const text = readFileSync(join(root, folder, path), 'utf8');
      return { path, text: text.slice(0, SHOWN), left: Math.max(0, text.length - SHOWN) };
    });
}

function filesIn(folder: string): string[] {
  try {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch {
    return [];
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../constants/project.mjs';
import type { Faults } from './faults.ts';
import { faultsFile } from './suite-files.ts';

/** The exports of a chapter's `faults.ts`. */
interface ChapterFaults {
  faults: Faults;
  /** Mutations of the sweep that no claim can detect, by name, each with the reason. */
  accepted: Record<string, string>;
}

/** The faults of a chapter; none where it has no `faults.ts`. */
export async function loadFaults(slug: string): Promise<ChapterFaults> {
  const file = join(projectRoot, faultsFile(slug));
  const declared: Partial<ChapterFaults> = existsSync(file) ? await import(pathToFileURL(file).href) : {};
  return { faults: declared.faults ?? {}, accepted: declared.accepted ?? {} };
}

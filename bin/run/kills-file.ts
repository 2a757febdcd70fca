import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { formatKills, type Kills, parseKills } from '../../helpers/record/kills.ts';
import { killsFile } from '../../helpers/scenario/suite-files.ts';

/** A chapter's `kills.json`; undefined where it has none. @throws UsageError for invalid content */
export async function readKills(slug: string): Promise<Kills | undefined> {
  const file = killsFile(slug);
  const text = await readFile(join(projectRoot, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseKills(text, file);
}

/** Replaces a chapter's `kills.json` in one step. */
export async function writeKills(slug: string, kills: Kills): Promise<void> {
  const path = join(projectRoot, killsFile(slug));
  await writeFile(`${path}.part`, formatKills(kills));
  await rename(`${path}.part`, path);
}

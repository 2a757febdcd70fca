import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateFolder } from '../../fixtures/setup/state-folder.mjs';
import { faultOf, slugOf } from '../../helpers/scenario/suite-files.ts';

/** Milliseconds from the start of a chapter's lab to its end: by slug, and by `slug: fault` of a trial. */
export type Durations = Record<string, number>;

/** The key of a test module in the durations. */
export function durationKey(moduleId: string): string {
  const fault = faultOf(moduleId);
  return fault === undefined ? slugOf(moduleId) : `${slugOf(moduleId)}: ${fault}`;
}

const keptFile = (): string => join(stateFolder(), 'chapter-durations.json');

/** The durations of earlier runs; empty where there are none. */
export async function readDurations(): Promise<Durations> {
  try {
    const kept: unknown = JSON.parse(await readFile(keptFile(), 'utf8'));
    const entries = typeof kept === 'object' && kept !== null ? Object.entries(kept) : [];
    return Object.fromEntries(entries.filter(([, ms]) => typeof ms === 'number'));
  } catch {
    return {};
  }
}

/** Keeps durations beside the others. They are a hint only, so a folder that cannot be written is no error. */
export async function keepDurations(newer: Durations): Promise<void> {
  if (Object.keys(newer).length === 0) return;
  try {
    const all = { ...(await readDurations()), ...newer };
    const part = `${keptFile()}.${process.pid}`;
    await writeFile(part, JSON.stringify(all, Object.keys(all).sort(), 1));
    await rename(part, keptFile());
  } catch {
    // The next run estimates again.
  }
}

/**
 * How long test modules will take. A trial that never ran takes as long as its chapter, and a chapter that never
 * ran as long for its size as the others.
 *
 * @param sizes of the claims files, by module id
 */
export function estimated(sizes: ReadonlyMap<string, number>, known: Durations): Map<string, number> {
  const knownOf = (id: string): number | undefined => known[durationKey(id)] ?? known[slugOf(id)];
  const [ms, bytes] = [...sizes].reduce<[number, number]>(
    ([ms, bytes], [id, size]) => {
      const duration = knownOf(id);
      return duration === undefined ? [ms, bytes] : [ms + duration, bytes + size];
    },
    [0, 0],
  );
  const msPerByte = ms / bytes || 1;
  return new Map([...sizes].map(([id, size]) => [id, knownOf(id) ?? size * msPerByte]));
}

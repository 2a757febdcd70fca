import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { type EnvoyRecord, type RunRecord, readRecord } from '../../helpers/record/record.ts';
import type { DeclaredClaim } from '../run/claims.ts';

/**
 * The newest record in reports/ in which every declared claim passed on one Envoy, of a run in the
 * order of the files, on which observations depend.
 *
 * @returns its file relative to the project; undefined where there is none
 */
export async function newestWholeRecord(
  claims: Map<string, DeclaredClaim[]>,
): Promise<{ file: string; record: RunRecord } | undefined> {
  const runs = await readdir(join(projectRoot, 'reports'), { withFileTypes: true }).catch(() => []);
  // A run's id begins with its time; `latest` is a link.
  const ids = runs.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const id of ids.sort().reverse()) {
    const file = join('reports', id, 'record.json');
    const record = await readRecord(join(projectRoot, file)).catch(() => undefined);
    if (record?.seed === undefined && record?.envoys.some((envoy) => isWhole(envoy, claims))) return { file, record };
  }
  return undefined;
}

/** Whether every declared claim held and no other claim ran. */
export function isWhole(envoy: EnvoyRecord, claims: Map<string, DeclaredClaim[]>): boolean {
  if (!envoy.build) return false;
  return [...claims].every(([slug, declared]) => {
    const tried = envoy.chapters.find((chapter) => chapter.slug === slug)?.claims ?? [];
    const titles = new Set(tried.filter(({ outcome }) => outcome === 'passed').map(({ title }) => title));
    return titles.size === declared.length && declared.every(({ title }) => titles.has(title));
  });
}

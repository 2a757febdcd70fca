import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { versionOf } from '../../helpers/book/versions-data.ts';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import { readRecord } from '../../helpers/record/read-record.ts';
import type { ChapterRecord, RunRecord } from '../../helpers/record/record.ts';
import { UsageError } from '../../helpers/util/errors.ts';

/** A record's chapters on the newest Envoy, from a run in the order of the files. */
export interface BookRecord {
  /** Relative to the project. */
  file: string;
  chapters: ChapterRecord[];
}

/** How to make a record for the pages. */
export const RECIPE = `\`${PROGRAM} run --in-order\` makes one`;

/**
 * Reads the record for the pages.
 *
 * @param file default: the newest record in reports/ that has a run of the chapters on the newest Envoy, in order
 * @param slugs the chapters that a record in reports/ must have
 * @throws UsageError where there is none, or the file has no such run
 */
export async function bookRecord(file: string | undefined, slugs: string[]): Promise<BookRecord> {
  if (file !== undefined) {
    const record = await readRecord(file);
    const chapters = newestChapters(record);
    if (typeof chapters !== 'string') return { file, chapters };
    throw new UsageError(
      `${file} ${chapters}; the pages need a run on Envoy ${NEWEST} in the order of the files: ${RECIPE}`,
    );
  }
  const found = await newestRecord(slugs);
  if (found) return found;
  throw new UsageError(
    `reports/ has no record of ${slugs.length > 3 ? `all ${slugs.length} chapters` : slugs.join(', ')} on Envoy ${NEWEST}, run in the order of the files: ${RECIPE}`,
  );
}

async function newestRecord(slugs: string[]): Promise<BookRecord | undefined> {
  const runs = await readdir(join(projectRoot, 'reports'), { withFileTypes: true }).catch(() => []);
  // A run's id begins with its time; `latest` is a link.
  const ids = runs.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const id of ids.sort().reverse()) {
    const file = join('reports', id, 'record.json');
    const record = await readRecord(join(projectRoot, file)).catch(() => undefined);
    const chapters = record ? newestChapters(record) : '';
    if (typeof chapters === 'string') continue;
    if (slugs.every((slug) => chapters.some((chapter) => chapter.slug === slug))) return { file, chapters };
  }
  return undefined;
}

/** The chapters on the newest Envoy, or why they are of no use for pages. */
function newestChapters({ seed, envoys }: RunRecord): ChapterRecord[] | string {
  // Observations depend on the order of claims, for instance by open connections.
  if (seed !== undefined) return `is of a run in the order of seed ${seed}`;
  const chapters = envoys.find((envoy) => envoy.build && versionOf(envoy) === NEWEST)?.chapters;
  if (!chapters) return `has no run on Envoy ${NEWEST}`;
  if (chapters.some(({ fault }) => fault !== undefined)) return 'is of a run with injected faults';
  const observations = chapters.flatMap(({ claims }) => claims).flatMap((claim) => claim.observations);
  return observations.every(({ read }) => read !== undefined)
    ? chapters
    : 'is of an older version, without what claims read';
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Scenario } from '../fixtures/scenario.ts';
import { ROOT } from './root.ts';

const SUITES = join(ROOT, 'suites');
const SUFFIX = '.scenario.ts';

/** The slugs of all chapters, sorted. A chapter is a scenario beside its test, both files named after it. */
export async function chapterSlugs(): Promise<string[]> {
  const files = await readdir(SUITES);
  return files
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

/** The scenarios of chapters, of all of them where none is named, by slug. Nothing is started. */
export async function loadScenarios(slugs?: string[]): Promise<Scenario[]> {
  return Promise.all((slugs ?? (await chapterSlugs())).map(loadScenario));
}

async function loadScenario(slug: string): Promise<Scenario> {
  const file = `${slug}${SUFFIX}`;
  const module: object = await import(pathToFileURL(join(SUITES, file)).href);
  const scenarios: unknown[] = Object.values(module);
  const found = scenarios.filter(isScenario).find((scenario) => scenario.slug === slug);
  if (!found)
    throw new Error(`suites/${file} exports no scenario with the slug ${slug}: a file and its scenario share one`);
  return found;
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'slug' in value && 'requirement' in value;
}

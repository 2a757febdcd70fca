import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { importChapterModule } from '../../fixtures/compiled/chapter-module.ts';
import { makeClaims } from '../../fixtures/compiled/setup-claims.ts';
import { projectSettings } from '../../fixtures/project/settings.ts';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { SUITES, scenarioFile } from '../../helpers/scenario/suite-files.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { knownName } from '../../helpers/util/known-name.ts';

/** The slugs of all chapters, sorted, then the names of the project's setups. */
export async function chapterSlugs(): Promise<string[]> {
  return [...(await suiteSlugs()), ...(await setupNames())];
}

/** The names of the project's setups, sorted. @throws UsageError for bad settings, or a chapter of the same name */
export async function setupNames(): Promise<string[]> {
  const [{ setups = {} }, slugs] = await Promise.all([projectSettings(), suiteSlugs()]);
  const names = Object.keys(setups).sort();
  const both = names.find((name) => slugs.includes(name));
  if (both !== undefined) throw new UsageError(`setups.${both}: ${SUITES}/${both}/ has the same name; rename one`);
  return names;
}

/** The folders of `suites/` with a scenario. */
export async function suiteSlugs(): Promise<string[]> {
  const folders = await readdir(join(projectRoot, SUITES)).catch(() => []);
  return folders.filter((slug) => existsSync(join(projectRoot, scenarioFile(slug)))).sort();
}

/** The message in a project that has neither. */
export const NOTHING_HERE = `no chapter and no setup here; \`${PROGRAM} init\` writes them for the Envoy configs it finds`;

/** The chapters that are named, each once; all where none is. @throws UsageError for one that does not exist */
export async function chooseChapters(slugs: string[]): Promise<string[]> {
  const known = await chapterSlugs();
  if (known.length === 0) throw new UsageError(NOTHING_HERE);
  const chosen = slugs.length > 0 ? [...new Set(slugs.map((slug) => knownName('chapter', slug, known)))] : known;
  const setups = await setupNames();
  for (const setup of chosen.filter((slug) => setups.includes(slug))) await makeClaims(setup);
  return chosen;
}

/** As `chooseChapters`, of the chapters that have a scenario of their own: not of setups. */
export async function chooseSuites(slugs: string[]): Promise<string[]> {
  const known = await suiteSlugs();
  const setup = slugs.length > 0 ? (await setupNames()).find((name) => slugs.includes(name)) : undefined;
  if (setup !== undefined)
    throw new UsageError(
      `${setup} is a setup, whose scenario follows from its config; expected a chapter of ${SUITES}/`,
    );
  return slugs.length > 0 ? [...new Set(slugs.map((slug) => knownName('chapter', slug, known)))] : known;
}

/** The scenarios of chapters, by default of all. Nothing is started. */
export async function loadScenarios(slugs?: string[]): Promise<Scenario[]> {
  return Promise.all((slugs ?? (await suiteSlugs())).map(loadScenario));
}

async function loadScenario(slug: string): Promise<Scenario> {
  const file = scenarioFile(slug);
  const exported: unknown[] = Object.values(await importChapterModule(file));
  const found = exported.filter(isScenario).find((scenario) => scenario.slug === slug);
  if (!found)
    throw new UsageError(`${file} exports no scenario with the slug ${slug}: the folder and its scenario share one`);
  return found;
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && 'slug' in value && 'requirement' in value;
}

import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { harnessRoot, installed, packageRoot, projectRoot } from '../../helpers/constants/project.mjs';
import { claimsFile, faultsFile, killsFile, SUITES, scenarioFile } from '../../helpers/scenario/suite-files.ts';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';

const LONGEST = 40;

/** The sources of the files, relative to the harness. */
const TEMPLATE = 'bin/new/template';
const CONFIG = 'fixtures/samples/envoy-configs/http-proxy.yaml';

/**
 * Writes the five files of a new chapter, with which `run` and `prove` pass.
 *
 * @returns the files, relative to the project
 * @throws UsageError for a bad name, an existing chapter, or a project that cannot be written
 */
export async function newChapter(slug: string): Promise<string[]> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(slug) || slug.length > LONGEST) {
    throw new UsageError(
      `bad chapter name ${JSON.stringify(slug)}; expected lower-case words with hyphens, at most ${LONGEST} characters, such as local-ratelimit`,
    );
  }
  const config = `envoy-configs/${slug}.yaml`;
  const taken = [join(SUITES, slug), config].find((path) => existsSync(join(projectRoot, path)));
  if (taken !== undefined) throw new UsageError(`${taken} exists; choose another chapter name than "${slug}"`);
  const files = [
    [scenarioFile(slug), `${TEMPLATE}/scenario.ts`],
    [config, CONFIG],
    [claimsFile(slug), `${TEMPLATE}/claims.ts`],
    [faultsFile(slug), `${TEMPLATE}/faults.ts`],
    [killsFile(slug), `${TEMPLATE}/kills.json`],
  ] as const;
  try {
    await mkdir(join(projectRoot, SUITES, slug), { recursive: true });
    await mkdir(join(projectRoot, 'envoy-configs'), { recursive: true });
    for (const [file, template] of files) {
      const text = await readFile(templateFile(template), 'utf8');
      await writeFile(join(projectRoot, file), namedFor(slug, text), { flag: 'wx' });
    }
  } catch (error) {
    throw new UsageError(`cannot write the chapter "${slug}": ${messageOf(error)}`);
  }
  return files.map(([file]) => file);
}

/** The path of a template's file: compiled copies of the harness hold modules of templates as text. */
function templateFile(template: string): string {
  const path = join(harnessRoot, template);
  return existsSync(`${path}.txt`) ? `${path}.txt` : path;
}

/**
 * The text of a template with the chapter's names, and with imports of the installed package or with import paths
 * relative to its folder.
 */
function namedFor(slug: string, text: string): string {
  const camel = slug.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const own = installed
    ? text.replaceAll(/'\.\.\/\.\.\/\.\.\/[^']+'/g, "'envoy-big-book'")
    : text.replaceAll("'../../../", `'${relative(join(projectRoot, SUITES, slug), packageRoot)}/`);
  return own.replaceAll('my-chapter', slug).replaceAll('myChapter', camel);
}

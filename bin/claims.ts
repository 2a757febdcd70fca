import { join } from 'node:path';
import { ROOT } from './root.ts';
import { loadVitest } from './vitest.ts';

/**
 * The titles of the claims of chapters, in the order of their files. The files are loaded by vitest so that a title may be
 * made in a loop, but no claim is run and no global set-up: nothing that needs an engine is touched.
 *
 * @returns by slug
 */
export async function claimTitles(slugs: string[]): Promise<Map<string, string[]>> {
  const { createVitest } = await loadVitest();
  const vitest = await createVitest(
    'test',
    { root: ROOT, watch: false, project: ['chapters'] },
    {},
    { stdout: process.stderr, stderr: process.stderr },
  );
  try {
    const project = vitest.getProjectByName('chapters');
    project.config.globalSetup = [];
    const { testModules } = await vitest.collectTests(
      slugs.map((slug) => project.createSpecification(join(ROOT, 'suites', `${slug}.test.ts`))),
    );
    return new Map(
      testModules.map((module) => {
        const [error] = module.errors();
        if (error) throw new Error(`${module.moduleId} does not load: ${error.stack ?? error.message}`);
        const slug = module.relativeModuleId.replace(/^suites\/|\.test\.ts$/g, '');
        return [slug, [...module.children.allTests()].map((test) => test.fullName)];
      }),
    );
  } finally {
    await vitest.close();
  }
}

import { dirname, resolve } from 'node:path';
import type { Plugin } from 'vitest/config';
import { compiledEntry, compiledModule } from '../../fixtures/compiled/harness.mjs';
import { isOfProject } from '../../fixtures/compiled/project-sources.mjs';
import { harnessRoot, projectRoot } from '../../helpers/constants/project.mjs';

/** Leads a chapter's imports of the harness and of this package to the compiled modules, which commands load as well. */
export function compiledImports(harness = harnessRoot) {
  return {
    name: 'bigbook:compiled-imports',
    enforce: 'pre',
    resolveId(specifier: string, importer: string | undefined): string | undefined {
      const entry = compiledEntry(specifier, harness);
      if (entry !== undefined) return entry;
      if (importer === undefined || !/^(\.\.?)?\//.test(specifier)) return undefined;
      const target = resolve(dirname(importer), specifier);
      return isOfProject(projectRoot, target) ? undefined : compiledModule(target, harness);
    },
  } satisfies Plugin;
}

import { join } from 'node:path';
import { projectRoot } from '../../helpers/constants/project.mjs';
import type { Change } from '../../helpers/envoy/known-changes.ts';
import { projectOf, variantsFrom } from '../../helpers/record/variants.ts';
import { claimsFile, slugOf } from '../../helpers/scenario/suite-files.ts';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';
import { type ClaimName, claimName } from '../vitest/claim-name.ts';
import { vitestConfig } from '../vitest/config.ts';

/** A claim as its file declares it. */
export interface DeclaredClaim extends ClaimName {
  /** The known changes that its expectation depends on. */
  changes: Pick<Change, 'since' | 'what' | 'source'>[];
}

/**
 * The claims of chapters by slug, in the order of their files. Vitest loads the files, as a title may
 * be made in a loop, but runs neither claims nor the global set-up: no engine is needed.
 */
export async function collectClaims(slugs: string[]): Promise<Map<string, DeclaredClaim[]>> {
  const { createVitest } = await import('vitest/node');
  const [variant] = variantsFrom(process.env);
  const vitest = await createVitest(
    'test',
    { root: projectRoot, config: false, watch: false },
    vitestConfig({ ownTests: false }),
    { stdout: process.stderr, stderr: process.stderr },
  );
  try {
    const project = vitest.getProjectByName(projectOf(variant));
    project.config.globalSetup = [];
    const { testModules } = await vitest.collectTests(
      slugs.map((slug) => project.createSpecification(join(projectRoot, claimsFile(slug)))),
    );
    return new Map(
      testModules.map((module) => {
        const [error] = module.errors();
        if (error) throw new UsageError(`${module.relativeModuleId} does not load: ${messageOf(error)}`);
        const slug = slugOf(module.relativeModuleId);
        const claims = [...module.children.allTests()].map((test) => ({
          ...claimName(test),
          changes: (test.meta().changes ?? []).map(({ since, what, source }) => ({ since, what, source })),
        }));
        return [slug, claims];
      }),
    );
  } finally {
    await vitest.close();
  }
}

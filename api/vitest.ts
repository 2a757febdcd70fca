import { join } from 'node:path';
import { type Project, prepareRun, variantProject } from '../bin/vitest/config.ts';
import { harnessRoot } from '../helpers/constants/project.mjs';
import { variantsFrom } from '../helpers/record/variants.ts';
import { given } from '../helpers/util/given.ts';

/**
 * A project of vitest with the claims of the own chapters and setups, for `test.projects`.
 *
 * @param options `envoy`: a known version. Default: the newest
 */
export function bigbook({ envoy }: { envoy?: string } = {}): Project {
  prepareRun();
  const [variant] = variantsFrom({ ...process.env, ...given({ ENVOY_VERSIONS: envoy }) });
  return variantProject(variant);
}

/** The path of the reporter, for `test.reporters`: prints every claim and writes `reports/`. */
export const reporter = join(harnessRoot, 'bin/vitest/reporter.js');

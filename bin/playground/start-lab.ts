import { Lab } from '../../fixtures/lab/lab.ts';
import { machine } from '../../fixtures/setup/capabilities.ts';
import { ensureEngine } from '../../fixtures/setup/engine.mjs';
import { ensureImages } from '../../fixtures/setup/images.ts';
import { DEFAULT_BACKEND } from '../../helpers/constants/backends.ts';
import { SetupError } from '../../helpers/util/errors.ts';
import { loadScenarios } from '../run/chapters.ts';

/**
 * Stands a chapter's lab up, outside of a run of the book. The lab lives as long as this process.
 *
 * @param run what its containers are labelled with
 * @throws SetupError where it cannot be had, and where this machine lacks what the chapter needs
 */
export async function startLab(slug: string, version: string, run: string): Promise<Lab> {
  const start = await labStarter(version, run);
  return start(slug);
}

/**
 * Sees to what every lab needs, once.
 *
 * @returns stands a chapter's lab up
 * @throws SetupError as `startLab`
 */
export async function labStarter(version: string, run: string): Promise<(slug: string) => Promise<Lab>> {
  const log = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  await ensureEngine({ install: false, log });
  const { host, envoys } = await ensureImages({ envoys: [version], install: false, log });
  const image = envoys[version];
  if (!image) throw new Error(`Envoy ${version} was known a moment ago`);
  const { capabilities } = await machine(host, run, DEFAULT_BACKEND);
  return async (slug) => {
    const [scenario] = await loadScenarios([slug]);
    if (!scenario) throw new Error(`${slug} was known a moment ago`);
    const missing = capabilities.find(
      ({ name, available }) => !available && scenario.needs.some((need) => need === name),
    );
    if (missing) throw new SetupError(`lab ${slug}`, `this machine lacks ${missing.name}: ${missing.reason}`);
    return Lab.start(scenario, {
      ...{ run, hostImage: host, backend: DEFAULT_BACKEND },
      ...{ envoyImage: image.image, envoySource: image.source, envoyVersion: version },
    });
  };
}

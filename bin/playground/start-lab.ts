import { Lab } from '../../fixtures/lab/lab.ts';
import { closeNamespaces } from '../../fixtures/sandbox/namespaces.ts';
import { ensureEngine } from '../../fixtures/setup/engine.mjs';
import { ensureEnvoys } from '../../fixtures/setup/envoys.ts';
import { prepareLabs } from '../../fixtures/setup/labs.ts';
import { setupLab } from '../../fixtures/world/setup-lab.ts';
import { DEFAULT_BACKEND } from '../../helpers/constants/backends.ts';
import { sandboxFrom } from '../../helpers/constants/sandboxes.ts';
import type { Variant } from '../../helpers/record/variants.ts';
import { SetupError } from '../../helpers/util/errors.ts';
import { loadScenarios, setupNames } from '../run/chapters.ts';

/**
 * Prepares engine and images for labs outside of a run.
 *
 * @param run the run that the containers are labelled with
 * @returns starts the lab of a chapter, which lives as long as this process; throws SetupError where this machine lacks a capability
 * @throws SetupError where engine or images are not available
 */
export async function labStarter(variant: Variant, run: string): Promise<(slug: string) => Promise<Lab>> {
  const log = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  await ensureEngine({ install: false, log });
  const { host, envoys } = await ensureEnvoys([variant], { run, log });
  const envoy = envoys[variant.name];
  if (!envoy) throw new Error(`there is no image for ${variant.name}`);
  const { machine, shared } = await prepareLabs({
    ...{ run, hostImage: host, envoyImages: [envoy.envoyImage], backend: DEFAULT_BACKEND, log },
    ...sandboxFrom(process.env),
  });
  const options = { ...shared, ...envoy };
  return async (slug) => {
    if ((await setupNames()).includes(slug)) {
      // Its config has been loaded in the sandbox, which would keep this process alive.
      const { scenario, authority } = await setupLab(slug, options).catch(async (error: unknown) => {
        await closeNamespaces();
        throw error;
      });
      return Lab.start(scenario, { ...options, authority });
    }
    const [scenario] = await loadScenarios([slug]);
    if (!scenario) throw new Error(`${slug} was known a moment ago`);
    const missing = machine.capabilities.find(
      ({ name, available }) => !available && scenario.needs.some((need) => need === name),
    );
    if (missing)
      throw new SetupError(`lab ${slug}`, `this machine lacks the capability ${missing.name}: ${missing.reason}`);
    return Lab.start(scenario, options);
  };
}

import type { LabOptions } from '../../fixtures/lab/lab.ts';
import { ensureEngine } from '../../fixtures/setup/engine.mjs';
import { engineApi } from '../../fixtures/setup/engine-api.ts';
import { ensureImages } from '../../fixtures/setup/images.ts';
import { prepareLabs } from '../../fixtures/setup/labs.ts';
import { DEFAULT_BACKEND } from '../../helpers/constants/backends.ts';
import type { SandboxName } from '../../helpers/constants/sandboxes.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import { given } from '../../helpers/util/given.ts';

export type Log = (line: string) => void;

/**
 * The machine that benchmarks run on, and the options of their labs.
 *
 * @throws SetupError where the engine, an image or the sandbox is not available
 */
export async function benchEnvironment(versions: string[], sandbox: SandboxName | undefined, log: Log) {
  await ensureEngine({ install: false, log });
  const { host, envoys } = await ensureImages({ envoys: versions, install: false, log });
  const id = newRunId();
  const { NCPU } = await (await engineApi()).info();
  const { machine, shared } = await prepareLabs({
    ...{ run: id, hostImage: host, backend: DEFAULT_BACKEND, log, ...given({ sandbox }) },
    envoyImages: Object.values(envoys).map(({ image }) => image),
  });
  const labOptions = (envoyVersion: string, lab: string): LabOptions => {
    const envoy = envoys[envoyVersion];
    if (!envoy) throw new Error(`ensureImages gave no image of Envoy ${envoyVersion}`);
    return {
      ...shared,
      run: `${id}-${lab}`,
      ...{ envoyImage: envoy.image, envoySource: envoy.source, envoyVersion },
    };
  };
  return { machine, cores: NCPU, labOptions };
}

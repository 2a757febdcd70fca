import { machine } from '../../fixtures/setup/capabilities.ts';
import { ensureEngine } from '../../fixtures/setup/engine.mjs';
import { engineApi } from '../../fixtures/setup/engine-api.ts';
import { ensureGivenImage } from '../../fixtures/setup/given-image.ts';
import { imageId } from '../../fixtures/setup/image-store.ts';
import { ensureImages } from '../../fixtures/setup/images.ts';
import { backendFrom } from '../../helpers/constants/backends.ts';
import { sandboxFrom } from '../../helpers/constants/sandboxes.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import type { TrialInputs } from '../../helpers/record/trial-key.ts';
import type { Variant } from '../../helpers/record/variants.ts';
import { SetupError } from '../../helpers/util/errors.ts';

/** The inputs of trials that the machine and its engine decide. @throws SetupError from the set-up */
export async function trialEnvironment({ version, image }: Variant) {
  const log = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  await ensureEngine({ install: false, log });
  const images = await ensureImages({ envoys: version === undefined ? [] : [version], install: false, log });
  const run = newRunId();
  if (image !== undefined) await ensureGivenImage(image, { run, hostImage: images.host, log });
  const envoy = image ?? images.envoys[version ?? '']?.image ?? '';
  const { machine: probed } = await machine(
    images.host,
    run,
    backendFrom(process.env),
    sandboxFrom(process.env).sandbox,
  );
  const { capabilities, ...known } = probed;
  return {
    ...known,
    capabilities: capabilities.filter(({ available }) => available).map(({ name }) => name),
    hostImage: await idOf(images.host),
    envoyImage: await idOf(envoy),
    node: process.version,
  } satisfies Partial<TrialInputs>;
}

async function idOf(image: string): Promise<string> {
  const id = await imageId(await engineApi(), image);
  if (id === undefined) throw new SetupError(`image ${image}`, 'not available in this engine any more');
  return id;
}

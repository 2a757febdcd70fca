import { load } from '../../fixtures/check/load.ts';
import { readInputs } from '../../fixtures/check/read-inputs.ts';
import { loadFindings } from '../../helpers/check/findings/load-findings.ts';
import type { CheckInput } from '../../helpers/check/input.ts';
import type { Variant } from '../../helpers/record/variants.ts';
import { SetupError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { parseGuards } from './guards.ts';
import type { CheckOptions } from './options.ts';
import type { Stages } from './stages.ts';

/** The configs of a check. @throws UsageError */
export async function inputsOf(configs: readonly string[], { env }: CheckOptions): Promise<CheckInput[]> {
  return readInputs(configs, given({ env }));
}

/** The stages of a check on this machine. */
export function stagesOf(variants: readonly Variant[], options: CheckOptions): Stages {
  const guards = parseGuards(options.guard ?? []);
  return {
    load: async (input, { envoys, shared }) => {
      const images = envoys.map(({ envoyImage, envoySource }, at) => ({
        ...{ name: variants[at]?.name ?? '', image: envoyImage, source: envoySource, guards },
      }));
      const [a, b] = await load(input, images, shared);
      if (!a || !b) throw new SetupError(`load ${input.name}`, 'an Envoy has no result');
      return [a, b];
    },
    loadFindings,
    surround: async () => ({
      scenario: undefined as never,
      ...{ requests: [], derived: 0, topology: '', notSeen: [], added: [], notes: [], secrets: [] },
    }),
    ask: async () => {
      throw new SetupError('ask', 'not available yet');
    },
    askWithGuards: async () => [],
  };
}

import { readVariables } from '../../helpers/check/input/variables.ts';
import type { CheckInput } from '../../helpers/check/input.ts';
import { maskText } from '../../helpers/check/secrets.ts';
import { instrument } from '../../helpers/envoy/instrument.ts';
import { envoyPorts, type Scenario } from '../../helpers/scenario/scenario.ts';
import { Authority } from '../../helpers/util/authority.ts';
import { given } from '../../helpers/util/given.ts';
import { adminPortFor } from '../../helpers/world/admin-address.ts';
import { parseGuards } from './guards.ts';
import type { CheckOptions } from './options.ts';
import { inputsOf } from './real-stages.ts';
import { setupChecks } from './setup-options.ts';

/** Ports in a config. */
const PORT = /\bport_?value["']?\s*:\s*["']?(\d+)/gi;

/** The options that say what is checked, and on what. */
export type ConfigOptions = Omit<CheckOptions, 'failOn'>;

/** What the harness adds to a config, a sentence each. */
export function addedTo({ text }: CheckInput, scenario: Scenario): string[] {
  return instrument(text, 'NONCE', { adminPort: envoyPorts(scenario.envoy).admin }).changes;
}

/** The configs with what the harness adds, and without secrets. @throws UsageError */
export async function instrumentedConfigs(configs: readonly string[], asked: ConfigOptions): Promise<string> {
  const { args, options } = await namedConfigs(configs, asked);
  const inputs = await inputsOf(args, options, await Authority.create('the lab'));
  const guards = parseGuards(options.guard ?? []);
  const variables = readVariables(options.env ?? []);
  const texts = inputs.map(({ name, text, secrets }) => {
    const own = given({ guards: Object.keys(guards).length > 0 ? guards : undefined });
    const adminPort = adminPortFor(
      text,
      [...text.matchAll(PORT)].map(([, port]) => Number(port)),
    );
    const { config } = instrument(text, 'NONCE', { adminPort, ...own });
    return maskText(`# ${name}\n${config}`, { variables, texts: secrets });
  });
  return texts.join('---\n');
}

/** The configs and options of a command: those of a setup, where an argument names one. */
export async function namedConfigs(
  configs: readonly string[],
  asked: ConfigOptions,
): Promise<{ args: readonly string[]; options: ConfigOptions }> {
  const [setup] = asked.fromDump === undefined ? await setupChecks(configs) : [];
  if (!setup) return { args: configs, options: asked };
  return { args: setup.configs, options: { ...setup.options, ...given(asked) } };
}

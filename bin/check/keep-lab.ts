import { checkEnvironment } from '../../fixtures/check/environment.ts';
import { Lab } from '../../fixtures/lab/lab.ts';
import { curlCommand } from '../../helpers/check/curl-command.ts';
import { Authority } from '../../helpers/util/authority.ts';
import { SetupError, UsageError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { holdStarted } from '../playground/hold-lab.ts';
import { type ConfigOptions, namedConfigs } from './added.ts';
import { chooseEnvoys } from './envoy-choice.ts';
import { checkGuards, parseGuards } from './guards.ts';
import { CHECK_LAB, inputsOf, stagesOf } from './real-stages.ts';

/**
 * Starts the lab of a check on the new Envoy and holds it, for `trace`, `exec` and others, which call it
 * `check`. Its first request is the first one of the check.
 *
 * @returns the exit status
 */
export async function keepLab(configs: readonly string[], asked: ConfigOptions): Promise<number> {
  const { args, options } = await namedConfigs(configs, asked);
  const { writeRequests: _, ...rest } = options;
  const guards = parseGuards(options.guard ?? []);
  return holdStarted(CHECK_LAB, async (run) => {
    const authority = await Authority.create('the lab');
    const [input, ...more] = await inputsOf(args, options, authority);
    if (!input || more.length > 0) throw new UsageError(`--keep takes one config, found ${more.length + 1}`);
    const { a, b } = await chooseEnvoys(options, options.fromDump ?? input.name);
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const environment = await checkEnvironment([a, b], run, log);
    await checkGuards(guards, environment.envoys);
    const stages = stagesOf({ variants: [a, b], authority, log: () => undefined }, rest);
    const [, loaded] = await stages.load(input, environment);
    const envoy = environment.envoys[1];
    if (!loaded.dump || !envoy) throw new SetupError(`Envoy ${b.name}`, loaded.result.why ?? 'does not become live');
    const { scenario, requests } = await stages.surround(input, loaded.dump, environment);
    const request = requests[0] && curlCommand(requests[0]);
    const around = { ...environment.shared, ...envoy, authority, guards };
    const lab = await Lab.start({ ...scenario, ...given({ request }) }, around);
    await lab.circumstances.become(requests[0]?.circumstances);
    return lab;
  });
}

import { envoyPorts } from '../../helpers/scenario/scenario.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { command } from './command.ts';

export const configCommand = command('config', ['config tcp-proxy --instrumented'])
  .description('Print the Envoy config of a chapter, as in envoy-configs/ or as the harness runs it.')
  .argument('<slug>', 'chapter')
  .option(
    '--instrumented',
    'include what the harness adds: the admin address, access logs, and log fences (lines that show that everything before them is written)',
  )
  .action(async (slug: string, { instrumented }: { instrumented?: true }) => {
    const { chooseChapters, loadScenarios, setupNames } = await import('../run/chapters.ts');
    const { readEnvoyConfig } = await import('../../fixtures/lab/envoy-config.ts');
    const { instrument } = await import('../../helpers/envoy/instrument.ts');
    if ((await setupNames()).includes(slug)) {
      const { setupConfig } = await import('../../fixtures/project/setup-config.ts');
      return void process.stdout.write(await setupConfig(slug, { instrumented: instrumented === true }));
    }
    const [scenario] = await loadScenarios(await chooseChapters([slug]));
    const config = scenario && (await readEnvoyConfig(scenario));
    if (config === undefined) throw new UsageError(`the chapter ${slug} has no Envoy, so it has no config`);
    process.stdout.write(
      instrumented ? instrument(config, 'NONCE', { adminPort: envoyPorts(scenario?.envoy).admin }).config : config,
    );
  });

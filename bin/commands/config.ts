import { Command } from 'commander';
import { UsageError } from '../../helpers/util/errors.ts';
import { example } from './example.ts';

export function configCommand(): Command {
  return new Command('config')
    .description('Print the Envoy config of a chapter, as a reader would run it or as the harness does.')
    .argument('<slug>', 'the chapter')
    .option('--instrumented', 'with the admin address, access loggers and log fences that the harness adds')
    .addHelpText('after', example('config tcp-proxy --instrumented'))
    .action(async (slug: string, { instrumented }: { instrumented?: true }) => {
      const [{ chooseChapters }, { loadScenarios }, { readEnvoyConfig }, { instrument }] = await Promise.all([
        import('../run/run-chapters.ts'),
        import('../run/chapters.ts'),
        import('../../fixtures/lab/envoy-config.ts'),
        import('../../helpers/envoy/instrument.ts'),
      ]);
      const [scenario] = await loadScenarios(await chooseChapters([slug]));
      const config = scenario && (await readEnvoyConfig(scenario));
      if (config === undefined) throw new UsageError(`the chapter ${slug} has no Envoy, and so no config`);
      process.stdout.write(instrumented ? instrument(config, 'NONCE').config : config);
    });
}

import { PROGRAM } from '../../helpers/constants/program.ts';
import { command } from './command.ts';

export const initCommand = command('init', ['init', 'init --yes'])
  .description(
    'Find the Envoy configs, rules and Envoy version of this project; write bigbook.config.ts, requests, claims that pass and a CI workflow; then check the configs. Existing files stay as they are.',
  )
  .option('--yes', 'do not ask before writing')
  .option('--no-check', 'write the files only')
  .action(async ({ yes, check }: { yes?: true; check: boolean }) => {
    const { init } = await import('../init/init.ts');
    process.exitCode = await init(process.cwd(), {
      ...{ asks: yes !== true, checks: check, program: PROGRAM },
    });
  });

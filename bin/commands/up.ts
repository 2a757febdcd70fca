import { PROGRAM } from '../../helpers/constants/program.ts';
import type { EnvoyChoice } from '../../helpers/record/variants.ts';
import { command } from './command.ts';
import { envoyBinaryOption, envoyImageOption } from './option-values.ts';

export const upCommand = command('up', ['up original-dst --detach'])
  .description(
    'Start the lab of a chapter and keep it running until Ctrl-C or `down`. Print its hosts, addresses, rules and commands to try.',
  )
  .argument('<slug>', 'chapter')
  .option('--envoy <version>', 'Envoy version (default: latest)')
  .addOption(envoyImageOption('runs instead'))
  .addOption(envoyBinaryOption('runs instead'))
  .option('--detach', 'return as soon as the lab is ready; it keeps running')
  .action(async (slug: string, { detach, ...envoys }: EnvoyChoice & { detach?: true }) => {
    const choice = { slug, ...envoys };
    if (!detach) {
      const { holdLab } = await import('../playground/hold-lab.ts');
      process.exitCode = await holdLab(choice);
      return;
    }
    const { detachLab } = await import('../playground/detach-lab.ts');
    const outcome = await detachLab(choice);
    if ('picture' in outcome)
      return void process.stdout.write(`${outcome.picture}\nStop it with \`${PROGRAM} down ${slug}\`.\n`);
    process.stderr.write(outcome.complaint);
    process.exitCode = outcome.status;
  });

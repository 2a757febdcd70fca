import { PROGRAM } from '../../helpers/constants/program.ts';
import { given } from '../../helpers/util/given.ts';
import { command } from './command.ts';

export const upCommand = command('up', ['up original-dst --detach'])
  .description('Starts the lab of a chapter to play in, and prints its picture; it lives until Ctrl-C or `down`.')
  .argument('<slug>', 'the chapter, as `list` names it')
  .option('--envoy <version>', 'the Envoy that it has (default: the newest)')
  .option('--detach', 'return once it is up; it outlives this command')
  .action(async (slug: string, { envoy, detach }: { envoy?: string; detach?: true }) => {
    const choice = { slug, ...given({ envoy }) };
    if (!detach) {
      const { holdLab } = await import('../playground/hold-lab.ts');
      process.exitCode = await holdLab(choice);
      return;
    }
    const { detachLab } = await import('../playground/detach-lab.ts');
    const outcome = await detachLab(choice);
    if ('picture' in outcome)
      return void process.stdout.write(`${outcome.picture}\n\`${PROGRAM} down ${slug}\` ends it.\n`);
    process.stderr.write(outcome.complaint);
    process.exitCode = outcome.status;
  });

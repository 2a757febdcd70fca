import { Command } from 'commander';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { example } from './example.ts';

export function upCommand(): Command {
  return new Command('up')
    .description('Starts the lab of a chapter to play in, and prints its picture; it lives until Ctrl-C or `down`.')
    .argument('<slug>', 'the chapter, as `list` names it')
    .option('--envoy <version>', 'the Envoy that it has (default: the newest)')
    .option('--detach', 'return once it is up; it outlives this command')
    .addHelpText('after', example('up original-dst --detach'))
    .action(async (slug: string, { envoy, detach }: { envoy?: string; detach?: true }) => {
      const choice = { slug, ...(envoy === undefined ? {} : { envoy }) };
      if (!detach) {
        const { holdLab } = await import('../playground/hold-lab.ts');
        process.exitCode = await holdLab(choice);
        return;
      }
      const { detachLab } = await import('../playground/detach-lab.ts');
      const outcome = await detachLab(choice);
      if ('picture' in outcome) {
        process.stdout.write(`${outcome.picture}\n\`${PROGRAM} down ${slug}\` ends it.\n`);
        return;
      }
      process.stderr.write(outcome.complaint);
      process.exitCode = outcome.status;
    });
}

import { Command } from 'commander';

export function downCommand(): Command {
  return new Command('down')
    .description('Ends a lab that is up, and waits until all of it is gone.')
    .argument('[slug]', 'the chapter (default: the only one that is up)')
    .option('--all', 'end all labs that are up')
    .addHelpText('after', '\nExample:\n  $ npx bigbook down original-dst')
    .action(async (slug: string | undefined, { all }: { all?: true }) => {
      const { askLab, chooseLab, labsUp } = await import('../../fixtures/playground/lab-server.ts');
      const { UsageError } = await import('../../helpers/util/errors.ts');
      if (all && slug !== undefined) throw new UsageError('name a lab or say --all, not both');
      for (const lab of all ? await labsUp() : [await chooseLab(slug)]) {
        await askLab(lab, 'down', null);
        process.stdout.write(`${lab} is down\n`);
      }
    });
}

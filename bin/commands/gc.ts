import { Command } from 'commander';
import { example } from './example.ts';

export function gcCommand(): Command {
  return new Command('gc')
    .description('Removes what dead runs left; never what is alive, and never what is not the book’s.')
    .addHelpText('after', example('gc'))
    .action(async () => {
      const { collectGarbage } = await import('../../fixtures/lab/gc.ts');
      const { removed, spared } = await collectGarbage();
      const lines = [
        ...removed.map((what) => `removed  ${what}`),
        ...spared.map((what) => `spared   ${what}`),
        removed.length === 0 ? 'nothing to remove' : undefined,
      ];
      process.stdout.write(`${lines.filter((line) => line !== undefined).join('\n')}\n`);
    });
}

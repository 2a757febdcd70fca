import { command } from './command.ts';

export const gcCommand = command('gc', ['gc'])
  .description('Removes what dead runs left; never what is alive, and never what is not the book’s.')
  .action(async () => {
    const { collectGarbage } = await import('../../fixtures/lab/gc.ts');
    const { removed, spared } = await collectGarbage();
    const lines = [...removed.map((what) => `removed  ${what}`), ...spared.map((what) => `spared   ${what}`)];
    if (removed.length === 0) lines.push('nothing to remove');
    process.stdout.write(`${lines.join('\n')}\n`);
  });

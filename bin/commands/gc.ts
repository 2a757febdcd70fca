import { command } from './command.ts';

export const gcCommand = command('gc', ['gc'])
  .description('Remove containers left by runs that died. Live runs and foreign containers are never touched.')
  .action(async () => {
    const { collectGarbage } = await import('../../fixtures/sandbox/gc.ts');
    const { removed, spared } = await collectGarbage();
    const lines = [...removed.map((what) => `removed  ${what}`), ...spared.map((what) => `kept     ${what}`)];
    if (removed.length === 0) lines.push('nothing to remove');
    process.stdout.write(`${lines.join('\n')}\n`);
  });

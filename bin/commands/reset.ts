import { command } from './command.ts';

export const resetCommand = command('reset', ['reset'])
  .description('Puts the rules and Envoy’s config of a lab that is up back to what its scenario says.')
  .argument('[slug]', 'the chapter (default: the only one that is up)')
  .action(async (slug: string | undefined) => {
    const { askLab, chooseLab } = await import('../../fixtures/playground/lab-client.ts');
    const lab = await chooseLab(slug);
    await askLab(lab, 'reset');
    process.stdout.write(`${lab} is as its scenario says\n`);
  });

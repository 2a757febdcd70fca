import { command } from './command.ts';

export const resetCommand = command('reset', ['reset'])
  .description('Restore the netfilter rules and the Envoy config of a running lab to its scenario.')
  .argument('[slug]', 'chapter (default: the only running lab)')
  .action(async (slug: string | undefined) => {
    const { callLab, chooseLab } = await import('../../fixtures/playground/lab-client.ts');
    const lab = await chooseLab(slug);
    await callLab(lab, 'reset');
    process.stdout.write(`${lab} restored to its scenario\n`);
  });

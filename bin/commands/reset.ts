import { command, RUNNING_LAB } from './command.ts';

export const resetCommand = command('reset', ['reset'])
  .description('Restore the netfilter rules and the Envoy config of the scenario in a running lab.')
  .argument('[slug]', RUNNING_LAB)
  .action(async (slug: string | undefined) => {
    const { callLab, chooseLab } = await import('../../fixtures/playground/lab-client.ts');
    const lab = await chooseLab(slug);
    await callLab(lab, 'reset');
    process.stdout.write(`${lab} restored to its scenario\n`);
  });

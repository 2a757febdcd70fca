import { command, RUNNING_LAB } from './command.ts';
import { printSections } from './sections.ts';

export const logsCommand = command('logs', ['logs original-dst --follow'])
  .description('Print the logs of a running lab: Envoy, its access log, and the agent that runs commands on each host.')
  .argument('[slug]', RUNNING_LAB)
  .option('--follow', 'follow the logs until Ctrl-C or until the lab stops; each line begins with its source')
  .option('--json', 'print JSON; with --follow one value per line')
  .action(async (slug: string | undefined, { follow, json }: { follow?: true; json?: boolean }) => {
    if (!follow) return printSections('logs', slug, json);
    const { followLab } = await import('../../fixtures/playground/lab-client.ts');
    const ended = await followLab(slug, (section) => {
      const { title, text } = section;
      process.stdout.write(
        json ? `${JSON.stringify(section)}\n` : text.replaceAll(/^.*$/gm, `${title} | $&`).concat('\n'),
      );
    });
    process.stderr.write(`the lab of ${ended} stopped\n`);
  });

import { command } from './command.ts';
import { printSections } from './sections.ts';

export const logsCommand = command('logs', ['logs original-dst --follow'])
  .description('Prints what the parts of a lab have said: Envoy’s log and access log, and the hosts’ agents.')
  .argument('[slug]', 'the chapter (default: the only one that is up)')
  .option('--follow', 'go on with what they say, each line behind its part’s name, until Ctrl-C or the lab’s end')
  .option('--json', 'print one JSON value and nothing else; with --follow one a line')
  .action(async (slug: string | undefined, { follow, json }: { follow?: true; json?: boolean }) => {
    if (!follow) return printSections('logs', slug, json);
    const { followLab } = await import('../../fixtures/playground/lab-client.ts');
    const ended = await followLab(slug, (section) => {
      const { title, text } = section;
      process.stdout.write(
        json ? `${JSON.stringify(section)}\n` : text.replaceAll(/^.*$/gm, `${title} | $&`).concat('\n'),
      );
    });
    process.stderr.write(`the lab of ${ended} has ended\n`);
  });

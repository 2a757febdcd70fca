import { Command } from 'commander';
import { printSections } from './sections.ts';

export function logsCommand(): Command {
  return new Command('logs')
    .description('Prints what the parts of a lab have said: Envoy’s log and access log, and the hosts’ agents.')
    .argument('[slug]', 'the chapter (default: the only one that is up)')
    .option('--json', 'print one JSON value and nothing else')
    .addHelpText('after', '\nExample:\n  $ npx bigbook logs original-dst')
    .action((slug: string | undefined, { json }: { json?: true }) => printSections('logs', slug, json ?? false));
}

import { Command } from 'commander';
import { example } from './example.ts';
import { printSections } from './sections.ts';

export function conntrackCommand(): Command {
  return new Command('conntrack')
    .description('Prints the connections that the kernel of each host tracks.')
    .argument('[slug]', 'the chapter (default: the only one that is up)')
    .option('--json', 'print one JSON value and nothing else')
    .addHelpText('after', example('conntrack original-dst'))
    .action((slug: string | undefined, { json }: { json?: true }) => printSections('conntrack', slug, json ?? false));
}

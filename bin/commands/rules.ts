import { Command } from 'commander';
import { example } from './example.ts';
import { printSections } from './sections.ts';

export function rulesCommand(): Command {
  return new Command('rules')
    .description(
      'Prints the netfilter rules of every host that has some, with the packets and bytes that each has counted.',
    )
    .argument('[slug]', 'the chapter (default: the only one that is up)')
    .option('--json', 'print one JSON value and nothing else')
    .addHelpText('after', example('rules original-dst'))
    .action((slug: string | undefined, { json }: { json?: true }) => printSections('rules', slug, json ?? false));
}

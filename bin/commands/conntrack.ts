import { command } from './command.ts';
import { printSections } from './sections.ts';

export const conntrackCommand = command('conntrack', ['conntrack original-dst'])
  .description('Prints the connections that the kernel of each host tracks.')
  .argument('[slug]', 'the chapter (default: the only one that is up)')
  .option('--json', 'print one JSON value and nothing else')
  .action((slug: string | undefined, { json }: { json?: boolean }) => printSections('conntrack', slug, json));

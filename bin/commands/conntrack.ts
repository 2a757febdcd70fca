import { command, RUNNING_LAB } from './command.ts';
import { printSections } from './sections.ts';

export const conntrackCommand = command('conntrack', ['conntrack original-dst'])
  .description('Print the conntrack entries of every host of a running lab.')
  .argument('[slug]', RUNNING_LAB)
  .option('--json', 'print JSON')
  .action((slug: string | undefined, { json }: { json?: boolean }) => printSections('conntrack', slug, json));

import { command, RUNNING_LAB } from './command.ts';
import { printSections } from './sections.ts';

export const rulesCommand = command('rules', ['rules original-dst'])
  .description('Print the netfilter rules of every host of a running lab, with packet and byte counters.')
  .argument('[slug]', RUNNING_LAB)
  .option('--json', 'print JSON')
  .action((slug: string | undefined, { json }: { json?: boolean }) => printSections('rules', slug, json));

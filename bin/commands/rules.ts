import { command } from './command.ts';
import { printSections } from './sections.ts';

export const rulesCommand = command('rules', ['rules original-dst'])
  .description(
    'Prints the netfilter rules of every host that has some, with the packets and bytes that each has counted.',
  )
  .argument('[slug]', 'the chapter (default: the only one that is up)')
  .option('--json', 'print one JSON value and nothing else')
  .action((slug: string | undefined, { json }: { json?: boolean }) => printSections('rules', slug, json));

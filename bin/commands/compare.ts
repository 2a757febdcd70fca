import { Option } from 'commander';
import type { CompareOptions } from '../compare/compare-envoys.ts';
import { command } from './command.ts';

export const compareCommand = command(
  'compare',
  ['compare 1.37.0 1.40.0 original-dst --markdown'],
  '\nA record that holds several Envoys is asked for one of them by `record.json@1.36.4`.\n',
)
  .description(
    'Says what two Envoys do otherwise, also where no claim looks. Runs what is missing, the first one twice: what it shows against itself is noise.',
  )
  .argument('<a>', 'a known version, an image, or a record')
  .argument('<b>', 'the same')
  .argument('[slug...]', 'chapters, as `list` names them (default: all)')
  .addOption(
    new Option('--fail-on <which>', 'which differences make the exit status 1')
      .choices(['any', 'new', 'none'])
      .default('any'),
  )
  .option('--markdown', 'print Markdown, fit for a pull request')
  .option('--json', 'print one JSON value and nothing else')
  .action(async (a: string, b: string, slugs: string[], options: CompareOptions) => {
    const { compareEnvoys } = await import('../compare/compare-envoys.ts');
    process.exitCode = await compareEnvoys(a, b, slugs, options);
  });

import { Option } from 'commander';
import { UsageError } from '../../helpers/util/errors.ts';
import type { CompareOptions } from '../compare/compare-envoys.ts';
import { command } from './command.ts';
import { type LabSettings, sandboxOption, useLabSettings, workersOption } from './option-values.ts';

export const compareCommand = command(
  'compare',
  ['compare 1.37.0 1.40.0 original-dst --markdown'],
  '\nSelect one version of a record that holds several: `record.json@1.36.4`.\n',
)
  .description(
    'Compare the observed behaviour of two Envoy versions, asserted or not. Missing runs are made first. To measure noise, the first version runs twice, and the second one again where an unknown difference is found.',
  )
  .argument('<a>', 'a known version, an image, a program file of Envoy, or a record')
  .argument('<b>', 'as <a>')
  .argument('[slug...]', 'chapters (default: all)')
  .addOption(
    new Option('--fail-on <which>', 'exit with 1 on these differences; new: only those that are no known change')
      .choices(['any', 'new', 'none'])
      .default('any'),
  )
  .option('--all', 'print every value of a change and every place where it occurs')
  .addOption(
    new Option(
      '--explain [differences]',
      'look for the runtime guard that causes each unknown difference, up to so many (default: 10)',
    ).argParser(parseCount),
  )
  .option('--no-explain', 'do not look for runtime guards')
  .option('--no-known-changes', 'report known changes as unknown differences')
  .addOption(workersOption())
  .addOption(sandboxOption())
  .option('--markdown', 'print Markdown for a pull request')
  .option('--json', 'print JSON')
  .action(async (a: string, b: string, slugs: string[], options: CompareOptions & LabSettings) => {
    useLabSettings(options);
    const { compareEnvoys } = await import('../compare/compare-envoys.ts');
    process.exitCode = await compareEnvoys(a, b, slugs, options);
  });

function parseCount(text: string): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new UsageError(`--explain takes a number from 1 on, found ${JSON.stringify(text)}`);
  return Number(text);
}

import type { Command } from 'commander';
import { type ChangeBetween, changesBetween } from '../../helpers/envoy/changes-between.ts';
import { describeSince } from '../../helpers/envoy/known-changes.ts';
import { parseEnvoys } from '../../helpers/envoy/versions.ts';
import { counted } from '../../helpers/report/wording.ts';
import { wrapped } from '../../helpers/report/wrap.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { colours as pc } from '../colours.ts';
import { columns } from '../columns.ts';
import { command, print } from './command.ts';

export const listChangesCommand = command('changes', [
  'list changes 1.36.4 1.40.0',
  'list changes 1.39.3 1.40.0 --json',
])
  .description(
    'List what is known to change between two Envoy versions: each change with its releases, its source and its runtime guard. `compare` explains differences by this list.',
  )
  .argument('<a>', 'Envoy version in use')
  .argument('<b>', 'the other one')
  .option('--json', 'print JSON')
  .action((first: string, second: string, _, self: Command) => {
    // `list` has the option, too, and takes it.
    const { json } = self.optsWithGlobals<{ json?: true }>();
    const [a, b] = [releaseOf(first), releaseOf(second)];
    const changes = changesBetween(a, b);
    print(json ? { a, b, changes } : describe(a, b, changes));
  });

/** Any release, also one without a known binary; `latest`. @throws UsageError for another word */
function releaseOf(word: string): string {
  const [, release] = /^v?(\d+\.\d+\.\d+(?:\.post\d+)?)$/.exec(word) ?? [];
  if (release !== undefined) return release;
  const [version, ...more] = parseEnvoys(word);
  if (version === undefined || more.length > 0)
    throw new UsageError(
      `${word} names ${counted(more.length + 1, 'version')}, but one is compared: ${[version, ...more].join(', ')}`,
    );
  return version;
}

function describe(a: string, b: string, changes: ChangeBetween[]): string {
  const width = columns();
  const entries = changes.map(({ isNew, since, what, source }) => {
    const first = `${describeSince({ since })}: ${isNew ? '' : `not in ${b}: `}${what}`;
    return `${wrapped(first, width, '  ')}\n${pc.dim(wrapped(source, width, '    ', '    '))}\n`;
  });
  return [...entries, `${a} → ${b}: ${counted(changes.length, 'known change')}\n`].join('\n');
}

import { UsageError } from '../../helpers/util/errors.ts';
import type { ProveOptions } from '../prove/prove.ts';
import { command } from './command.ts';

export const proveCommand = command(
  'prove',
  ["prove original-dst --fault 'REDIRECT rule removed'"],
  `
Table: a row for each claim, a column for each fault.
  ●  killed, as expected          ✗  survived, but expected killed
  ·  survived, as expected        !  killed, but expected survived
  ?  ended in an error            –  skipped
`,
)
  .description(
    'Inject each declared fault and check that the expected claims, and only those, fail. kills.json lists the expected claims of each fault; every claim must be killed by at least one fault.',
  )
  .argument('[slug...]', 'chapters (default: all)')
  .option('--envoy <version>', 'Envoy version (default: latest)')
  .option(
    '--fault <pattern>',
    'inject only faults whose name contains the text or matches the regex; print the result of each claim and keep failure bundles',
  )
  .option(
    '--update',
    'write kills.json: the newest version’s matrix or, with an older version, its differences before a known change. Refused if a fault kills no claim, a claim is killed by no fault, or a trial ends in an error',
  )
  .option(
    '--sweep',
    'inject mutations instead of declared faults: remove each rule and ip command, change each scalar of the Envoy config; list the survivors',
  )
  .option('--json', 'print the proof as JSON; progress goes to stderr')
  .action(async (slugs: string[], { sweep, ...rest }: ProveOptions & { sweep?: true }) => {
    if (sweep && (rest.fault !== undefined || rest.update))
      throw new UsageError(
        '--sweep excludes --fault and --update, because it injects its own mutations; leave them out',
      );
    if (rest.fault !== undefined && rest.update)
      throw new UsageError('--update excludes --fault, because it needs the result of every fault; leave one out');
    const { sweepChapters } = await import('../prove/sweep.ts');
    const { proveChapters } = await import('../prove/prove.ts');
    process.exitCode = await (sweep ? sweepChapters(slugs, rest) : proveChapters(slugs, rest));
  });

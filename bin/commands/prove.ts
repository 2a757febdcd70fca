import { UsageError } from '../../helpers/util/errors.ts';
import type { ProveOptions } from '../prove/prove.ts';
import { command } from './command.ts';

export const proveCommand = command(
  'prove',
  ["prove original-dst --fault 'REDIRECT rule removed'"],
  `
In the table, for each claim and fault: ● killed and · survived as in kills.json, ✗ expected killed, ! expected survived,
? ended in an error, – skipped.
`,
)
  .description(
    'Inject each declared fault and check that the claims in kills.json, and only those, fail, and that each claim fails under one.',
  )
  .argument('[slug...]', 'chapters, as `list` names them; all where none is named')
  .option('--envoy <version>', 'the Envoy to run on (default: the newest)')
  .option(
    '--fault <pattern>',
    'inject only faults with this in their name, or that match /this/; report how each claim ended, and keep failure bundles',
  )
  .option(
    '--update',
    'write kills.json from the result: with the newest Envoy its matrix, with an older one what differs before a known change; refused where a fault kills nothing, a claim is killed by no fault, or a trial ended in an error',
  )
  .option(
    '--sweep',
    'inject mutations instead of declared faults: each rule and ip command left out, each scalar of the Envoy configs changed; list the survivors',
  )
  .option('--json', 'print the proof on stdout and nothing else; progress goes to stderr')
  .action(async (slugs: string[], { sweep, ...rest }: ProveOptions & { sweep?: true }) => {
    if (sweep && (rest.fault !== undefined || rest.update))
      throw new UsageError('--sweep injects mutations of its own: leave out --fault and --update');
    if (rest.fault !== undefined && rest.update)
      throw new UsageError('--update needs the result of every fault: leave out --fault');
    const { sweepChapters } = await import('../prove/sweep.ts');
    const { proveChapters } = await import('../prove/prove.ts');
    process.exitCode = await (sweep ? sweepChapters(slugs, rest) : proveChapters(slugs, rest));
  });

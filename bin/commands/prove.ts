import { Command } from 'commander';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import type { ProveOptions } from '../prove/prove.ts';

export function proveCommand(): Command {
  return new Command('prove')
    .description(
      'Injects each fault of the chapters, and demands that the claims it names fail and all others hold, and that every claim fails under one.',
    )
    .argument('[slug...]', 'chapters, as `list` names them; all where none is named')
    .option('--envoy <version>', 'the Envoy to run on (default: the newest)')
    .option('--fault <name>', 'inject this one alone, report how each claim failed, and keep the evidence')
    .option(
      '--sweep',
      'put in faults that nobody had to think of: each rule and ip command left out, each scalar of the Envoy configs otherwise; list what no claim notices',
    )
    .option('--json', 'print the proof on stdout and nothing else; progress goes to stderr')
    .addHelpText(
      'after',
      `
In the table, for each claim and fault: ● failed as named, · held, ✗ named but held, ! failed but not named,
? failed otherwise than by an assertion, – skipped.

Example:
  $ ${PROGRAM} prove original-dst --fault 'no rule captures'`,
    )
    .action(async (slugs: string[], options: ProveOptions & { sweep?: true }) => {
      const { sweep, fault, ...rest } = options;
      if (sweep && fault !== undefined) throw new UsageError('--sweep injects mutations of its own: leave out --fault');
      if (sweep) {
        const { sweepChapters } = await import('../prove/sweep.ts');
        process.exitCode = await sweepChapters(slugs, rest);
        return;
      }
      const { proveChapters } = await import('../prove/prove.ts');
      process.exitCode = await proveChapters(slugs, { ...rest, ...(fault !== undefined && { fault }) });
    });
}

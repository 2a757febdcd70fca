import { Command } from 'commander';
import type { ProveOptions } from '../prove.ts';

export function proveCommand(): Command {
  return new Command('prove')
    .description(
      'Puts each sabotage of the chapters in, and demands that the claims it names fail and all others hold, and that every claim fails under one.',
    )
    .argument('[slug...]', 'chapters, as `bigbook list` names them; all where none is named')
    .option('--envoy <version>', 'the Envoy to run on (default: the newest)')
    .option('--sabotage <name>', 'put this one in alone, tell how each claim failed, and keep the evidence')
    .option('--json', 'print the proof on stdout and nothing else; progress goes to stderr')
    .addHelpText(
      'after',
      `
In the table, for each claim and sabotage: ● failed as named, · held, ✗ named but held, ! failed but not named,
? failed otherwise than by an assertion, – skipped.

Example:
  $ npx bigbook prove original-dst --sabotage 'no rule captures'`,
    )
    .action(async (slugs: string[], options: ProveOptions) => {
      const { proveChapters } = await import('../prove.ts');
      process.exitCode = await proveChapters(slugs, options);
    });
}

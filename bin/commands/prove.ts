import { TRIAL_WORKERS } from '../../helpers/record/workers.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import type { ProveOptions } from '../prove/prove.ts';
import { command } from './command.ts';
import { type LabSettings, sandboxOption, useLabSettings, workersOption } from './option-values.ts';

export const proveCommand = command(
  'prove',
  ["prove original-dst --fault 'REDIRECT rule removed'"],
  `
Table: a row for each claim, a column for each fault.
  ●  failed, as expected          ✗  passed, but expected to fail
  ·  passed, as expected          !  failed, but expected to pass
  ?  ended in an error            –  skipped
                                  (blank) not run: --quick
`,
)
  .description(
    'Inject each declared fault and check that the expected claims, and only those, fail. kills.json lists the claims that must detect each fault; every claim must detect at least one fault.',
  )
  .argument('[slug...]', 'chapters (default: all)')
  .option('--envoy <version>', 'Envoy version (default: latest)')
  .option(
    '--fault <pattern>',
    'inject only faults whose name contains the text or matches the regex; print the result of each claim and keep failure bundles. With --sweep: only such mutations',
  )
  .option(
    '--update',
    'write kills.json: the whole matrix for the newest version, for an older version only its differences. Refused if a claim fails without a fault, a fault is detected by no claim, a claim detects no fault, or a trial ends in an error',
  )
  .option(
    '--quick',
    'inject every fault, but run each claim with one of the faults that it must detect, and only as many claims as that takes. Whether other claims pass is not checked',
  )
  .option(
    '--sweep',
    'inject mutations instead of declared faults: remove each rule and ip command, change each scalar of the Envoy config; list the survivors',
  )
  .addOption(workersOption(TRIAL_WORKERS))
  .addOption(sandboxOption())
  .option(
    '--incremental',
    'reuse results of earlier runs with this option whose inputs are unchanged: scenario, fault, config, claims, harness, Envoy, host image, Node, kernel and engine. Refused where CI is set',
  )
  .option('--json', 'print the result as JSON; progress goes to stderr')
  .action(async (slugs: string[], { sweep, ...rest }: ProveOptions & LabSettings & { sweep?: true }) => {
    if (sweep && (rest.update || rest.quick))
      throw new UsageError(
        '--sweep excludes --update and --quick, because it injects its own mutations; leave them out',
      );
    if (rest.quick && (rest.fault !== undefined || rest.update || rest.incremental))
      throw new UsageError(
        '--quick excludes --fault, --update and --incremental, because it runs only a part of the claims; leave them out',
      );
    if (rest.fault !== undefined && rest.update)
      throw new UsageError('--update excludes --fault, because it needs the result of every fault; leave one out');
    if (rest.incremental && ![undefined, '', 'false'].includes(process.env.CI))
      throw new UsageError(
        `--incremental is refused where CI is set (found CI=${process.env.CI}), because CI injects every fault; leave it out or unset CI`,
      );
    useLabSettings(rest);
    const { sweepChapters } = await import('../prove/sweep.ts');
    const { proveChapters } = await import('../prove/prove.ts');
    process.exitCode = await (sweep ? sweepChapters(slugs, rest) : proveChapters(slugs, rest));
  });

import { BACKENDS, DEFAULT_BACKEND } from '../../helpers/constants/backends.ts';
import type { RunOptions } from '../run/run-chapters.ts';
import { command } from './command.ts';
import {
  ENVOY_VERSIONS,
  envoyBinaryOption,
  envoyImageOption,
  gathered,
  type LabSettings,
  sandboxOption,
  useLabSettings,
  workersOption,
} from './option-values.ts';

export const runCommand = command('run', ['run original-dst --envoy 1.36.4,1.40.0 --require owner,conntrack'])
  .description('Run chapters and report every claim. Reports are written to reports/latest/.')
  .argument('[slug...]', 'chapters (default: all)')
  .option('--envoy <versions>', ENVOY_VERSIONS)
  .addOption(
    envoyImageOption('runs in addition to the versions of --envoy or, without --envoy, instead of latest; repeatable'),
  )
  .addOption(envoyBinaryOption('as --envoy-image'))
  .option(
    '--sidecar-envoy <version>',
    'the Envoy version beside upstreams, for chapters with a second hop (default: the same Envoy)',
  )
  .option('--backend <backend>', `how netfilter rules are loaded: ${BACKENDS.join(', ')} (default: ${DEFAULT_BACKEND})`)
  .option(
    '-t, --claim <pattern>',
    'run only claims whose title contains the text or matches the regex; repeatable',
    gathered,
  )
  .option('--shard <part/total>', 'run one part of the chapters, such as 1/3; `merge` joins the records')
  .option('--seed <number>', 'use the claim order of an earlier run; each run prints its seed')
  .option('--in-order', 'run claims in file order instead of random order')
  .addOption(workersOption())
  .addOption(sandboxOption())
  .option('--record <file>', 'write the record (JSON)')
  .option('--junit <file>', 'write a JUnit report')
  .option('--html <file>', 'write a self-contained HTML report')
  .option(
    '--require <capabilities>',
    'capabilities of the kernel and the engine, separated by commas: fail if one is missing instead of skipping claims; `doctor` lists them',
  )
  .option('--json', 'print the record as JSON; progress goes to stderr')
  .action(async (slugs: string[], options: RunOptions & LabSettings) => {
    useLabSettings(options);
    const { runChapters } = await import('../run/run-chapters.ts');
    process.exitCode = await runChapters(slugs, options);
  });

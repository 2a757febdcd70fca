import { BACKENDS, DEFAULT_BACKEND } from '../../helpers/constants/backends.ts';
import type { RunOptions } from '../run/run-chapters.ts';
import { command } from './command.ts';
import { gathered } from './option-values.ts';

export const runCommand = command('run', ['run original-dst --envoy 1.36.4,1.40.0 --require owner,conntrack'])
  .description('Run chapters and report every claim. Reports are written to reports/latest/.')
  .argument('[slug...]', 'chapters (default: all)')
  .option('--envoy <versions>', 'Envoy versions: 1.36.4,1.40.0, all, latest, 1.38, 1.36.4..1.38 (default: latest)')
  .option('--envoy-image <image>', 'an image that contains Envoy; repeatable', gathered)
  .option('--backend <backend>', `how netfilter rules are loaded: ${BACKENDS.join(', ')} (default: ${DEFAULT_BACKEND})`)
  .option(
    '-t, --claim <pattern>',
    'run only claims whose title contains the text or matches the regex; repeatable',
    gathered,
  )
  .option('--shard <part/total>', 'run one part of the chapters, such as 1/3; `merge` joins the records')
  .option('--seed <number>', 'repeat the claim order of an earlier run, which printed its seed')
  .option('--in-order', 'run claims in file order instead of random order')
  .option('--record <file>', 'write the record (JSON)')
  .option('--junit <file>', 'write a JUnit report')
  .option('--html <file>', 'write a self-contained HTML report')
  .option('--require <capabilities>', 'fail instead of skipping claims if one of these is missing; separated by commas')
  .option('--json', 'print the record as JSON; progress goes to stderr')
  .action(async (slugs: string[], options: RunOptions) => {
    const { runChapters } = await import('../run/run-chapters.ts');
    process.exitCode = await runChapters(slugs, options);
  });

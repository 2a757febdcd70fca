import { BACKENDS, DEFAULT_BACKEND } from '../../helpers/constants/backends.ts';
import type { RunOptions } from '../run/run-chapters.ts';
import { command } from './command.ts';
import { gathered } from './option-values.ts';

export const runCommand = command('run', ['run original-dst --envoy 1.36.4,1.40.0 --require owner,conntrack'])
  .description('Runs chapters, all of them where none is named, and reports every claim.')
  .argument('[slug...]', 'chapters, as `list` names them')
  .option(
    '--envoy <versions>',
    'the Envoys to run on: 1.36.4,1.40.0, all, latest, 1.38, 1.36.4..1.38 (default: the newest)',
  )
  .option('--envoy-image <image>', 'an image to run on that carries Envoy; may be given several times', gathered)
  .option('--backend <backend>', `what loads the rules: ${BACKENDS.join(', ')} (default: ${DEFAULT_BACKEND})`)
  .option(
    '-t, --claim <pattern>',
    'run the claims whose titles have this text or match this /regular expression/; may be given several times',
    gathered,
  )
  .option('--shard <part/parts>', 'run this part of the chapters, such as 1/3; `merge` joins the records')
  .option('--seed <number>', 'run the claims of each chapter in the order of an earlier run, which printed its seed')
  .option('--in-order', 'run the claims in the order of their files, as the pages in docs/ are made')
  .option('--record <file>', 'copy the run’s record there (JSON)')
  .option('--junit <file>', 'copy the run’s JUnit report there')
  .option('--html <file>', 'copy the run’s page there, which needs nothing beside it')
  .option('--require <capabilities>', 'fail, not skip, where this machine lacks one of these, separated by commas')
  .option('--json', 'print the record on stdout and nothing else; progress goes to stderr')
  .action(async (slugs: string[], options: RunOptions) => {
    const { runChapters } = await import('../run/run-chapters.ts');
    process.exitCode = await runChapters(slugs, options);
  });

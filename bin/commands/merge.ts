import { Command } from 'commander';
import { colours as pc } from '../colours.ts';
import type { OutputFiles } from '../run/output-files.ts';
import { example } from './example.ts';

export function mergeCommand(): Command {
  return new Command('merge')
    .description('Joins records into one report: shards of a run, or runs on several Envoys or machines.')
    .argument('<record...>', 'records, as `run --record` writes them')
    .option('--record <file>', 'write the joined record there (JSON)')
    .option('--junit <file>', 'write its JUnit report there')
    .option('--html <file>', 'write its page there, which needs nothing beside it')
    .option('--json', 'print the joined record and nothing else')
    .addHelpText('after', example('merge shard-1.json shard-2.json --record whole.json'))
    .action(async (files: string[], options: OutputFiles & { json?: true }) => {
      const [
        { readRecord },
        { mergeRecords },
        { ReportFiles },
        { checkOutputs, writeOutputs },
        { closing },
        { EXIT_OF },
        { projectRoot },
        { EXIT },
      ] = await Promise.all([
        import('../../helpers/record/record.ts'),
        import('../../helpers/record/merge.ts'),
        import('../run/report-files.ts'),
        import('../run/output-files.ts'),
        import('../vitest/closing.ts'),
        import('../../helpers/record/verdict.ts'),
        import('../../helpers/constants/project.mjs'),
        import('../../helpers/util/errors.ts'),
      ]);
      checkOutputs(options);
      const merged = mergeRecords(await Promise.all(files.map(readRecord)));
      const reports = new ReportFiles(projectRoot, merged.id);
      reports.writeAll(merged);
      const unwritten = [...(reports.problem === undefined ? [] : [reports.problem]), ...writeOutputs(merged, options)];
      if (options.json) process.stdout.write(`${JSON.stringify(merged)}\n`);
      else process.stdout.write(`${closing(merged, reports, pc)}\n`);
      for (const problem of unwritten) process.stderr.write(`bigbook: ${problem}\n`);
      process.exitCode = EXIT_OF[merged.outcome] || (unwritten.length > 0 ? EXIT.setup : EXIT.held);
    });
}

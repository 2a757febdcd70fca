import { Command } from 'commander';
import { SetupError } from '../../helpers/util/errors.ts';
import { colours as pc } from '../colours.ts';
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
    .action(async (files: string[], options: { record?: string; junit?: string; html?: string; json?: true }) => {
      const [
        { readRecord },
        { mergeRecords },
        { ReportFiles, htmlReport },
        { closing },
        { EXIT_OF },
        { projectRoot },
        { writeFile },
      ] = await Promise.all([
        import('../../helpers/record/record.ts'),
        import('../../helpers/record/merge.ts'),
        import('../run/report-files.ts'),
        import('../vitest/closing.ts'),
        import('../../helpers/record/verdict.ts'),
        import('../../helpers/constants/project.mjs'),
        import('node:fs/promises'),
      ]);
      const { toJunit } = await import('../../helpers/report/junit.ts');
      const merged = mergeRecords(await Promise.all(files.map(readRecord)));
      const reports = new ReportFiles(projectRoot, merged.id, (why) => {
        throw new SetupError('merge', why);
      });
      reports.writeAll(merged);
      if (options.record !== undefined) await writeFile(options.record, `${JSON.stringify(merged, null, 1)}\n`);
      if (options.junit !== undefined) await writeFile(options.junit, toJunit(merged));
      if (options.html !== undefined) await writeFile(options.html, htmlReport(projectRoot, merged));
      if (options.json) process.stdout.write(`${JSON.stringify(merged)}\n`);
      else process.stdout.write(`${closing(merged, reports.folder, pc)}\n`);
      process.exitCode = EXIT_OF[merged.outcome];
    });
}

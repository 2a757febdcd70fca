import { projectRoot } from '../../helpers/constants/project.mjs';
import { EXIT } from '../../helpers/util/errors.ts';
import { colours as pc } from '../colours.ts';
import type { OutputFiles } from '../run/output-files.ts';
import { command } from './command.ts';

export const mergeCommand = command('merge', ['merge shard-1.json shard-2.json --record whole.json'])
  .description('Merge records into one report: shards of a run, or runs on several Envoy versions or machines.')
  .argument('<record...>', 'record files written by `run --record`')
  .option('--record <file>', 'write the merged record (JSON)')
  .option('--junit <file>', 'write a JUnit report')
  .option('--html <file>', 'write a self-contained HTML report')
  .option('--json', 'print the merged record as JSON')
  .action(async (files: string[], options: OutputFiles & { json?: true }) => {
    const { mergeRecords } = await import('../../helpers/record/merge.ts');
    const { readRecord } = await import('../../helpers/record/read-record.ts');
    const { EXIT_OF } = await import('../../helpers/record/verdict.ts');
    const { checkOutputs, writeOutputs } = await import('../run/output-files.ts');
    const { ReportFiles } = await import('../run/report-files.ts');
    const { closing } = await import('../vitest/closing.ts');
    checkOutputs(options);
    const merged = mergeRecords(await Promise.all(files.map(readRecord)));
    const reports = new ReportFiles(projectRoot, merged.id);
    reports.writeAll(merged);
    const unwritten = [reports.problem ?? [], writeOutputs(merged, options)].flat();
    process.stdout.write(`${options.json ? JSON.stringify(merged) : closing(merged, reports, pc)}\n`);
    for (const problem of unwritten) process.stderr.write(`bigbook: ${problem}\n`);
    process.exitCode = EXIT_OF[merged.outcome] || (unwritten.length > 0 ? EXIT.setup : EXIT.passed);
  });

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectFile } from '../../fixtures/check/expect-file.ts';
import { accept, acceptEntries, parseAccepted } from '../../helpers/check/accept.ts';
import { LEVELS, type Level } from '../../helpers/check/finding.ts';
import { checkAnnotations } from '../../helpers/check/output/annotations.ts';
import { checkMarkdown } from '../../helpers/check/output/markdown.ts';
import { checkText } from '../../helpers/check/output/text.ts';
import type { CheckReport } from '../../helpers/check/report.ts';
import { DEFAULT_FAIL_ON, outcomeOf, withAccepted } from '../../helpers/check/verdict.ts';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { EXIT, messageOf, UsageError } from '../../helpers/util/errors.ts';
import { fromHere } from '../../helpers/util/from-here.ts';
import { inOneLine } from '../../helpers/util/in-one-line.ts';
import { unknownName } from '../../helpers/util/suggestion.mjs';
import { colours } from '../colours.ts';
import { columns } from '../columns.ts';
import { COMMAND_LINE } from '../run/command-line.ts';
import { instrumentedConfigs } from './added.ts';
import { type CheckFiles, expectWritable, writeCheck } from './check-files.ts';
import { checkAll } from './check-setups.ts';
import { keepLab } from './keep-lab.ts';
import type { CheckOptions } from './options.ts';
import { settingsOptions } from './setup-options.ts';

/** The options of the command `check`. */
export interface CheckCommandOptions extends Omit<CheckOptions, 'failOn' | 'log' | 'command'>, CheckFiles {
  failOn?: string;
  accept?: string;
  printAccept?: true;
  showAdded?: true;
  json?: true;
  markdown?: true;
  annotations?: true;
}

const EXIT_OF = {
  passed: EXIT.passed,
  failed: EXIT.failed,
  'not comparable': EXIT.usage,
  'not asked': EXIT.setup,
} as const;

/**
 * Checks configs and prints the report.
 *
 * @returns the exit status
 * @throws UsageError for an invalid argument, option or input; SetupError where labs cannot start
 */
export async function runCheck(configs: string[], options: CheckCommandOptions): Promise<number> {
  const failOn: Level = options.failOn === undefined ? DEFAULT_FAIL_ON : levelNamed(options.failOn);
  if (options.json && options.markdown) throw new UsageError('--json and --markdown exclude each other; choose one');
  if (options.printAccept && (options.json || options.markdown))
    throw new UsageError(
      `--print-accept and --${options.json ? 'json' : 'markdown'} exclude each other: both are printed on stdout; choose one`,
    );
  const { failOn: _, ...checked } = options;
  if (options.showAdded) {
    process.stdout.write(await instrumentedConfigs(configs, checked));
    return EXIT.passed;
  }
  expectWritable(options);
  const acceptFile = options.accept ?? (await settingsOptions()).accept;
  const accepted = acceptFile === undefined ? [] : parseAccepted(readAccepted(acceptFile), acceptFile);
  const report = await checkAll(configs, {
    ...options,
    failOn,
    log: progress(),
    ...(COMMAND_LINE !== undefined && { command: COMMAND_LINE }),
  });
  report.staleAccepted = accept(report, accepted).map((line) => `${acceptFile}: ${line}`);
  withAccepted(report);
  const { folder, problems } = writeCheck(report, failOn, options);
  print(report, failOn, options);
  if (!options.json && !options.markdown && problems.length === 0)
    (options.printAccept ? process.stderr : process.stdout).write(
      `\nReport: ${fromHere(join(projectRoot, folder, 'report.html'))}\n`,
    );
  for (const problem of problems) process.stderr.write(`bigbook: ${problem}\n`);
  if (options.keep) await keepLab(configs, checked);
  return EXIT_OF[outcomeOf(report, failOn)] || (problems.length > 0 ? EXIT.setup : EXIT.passed);
}

/** @throws UsageError in one line for an unknown one */
function levelNamed(name: string): Level {
  const level = LEVELS.find((each) => each === name);
  if (level) return level;
  throw new UsageError(`--fail-on: ${inOneLine(unknownName('level', name, LEVELS))}`);
}

function readAccepted(file: string): string {
  expectFile('--accept', file);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--accept ${file}: cannot be read: ${messageOf(error)}`);
  }
}

function print(report: CheckReport, failOn: Level, options: CheckCommandOptions): void {
  // GitHub reads workflow commands from both streams; what programs read has stdout for itself.
  const beside = options.json || options.markdown || options.printAccept ? process.stderr : process.stdout;
  if (options.annotations) beside.write(checkAnnotations(report, failOn));
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
  else if (options.markdown) process.stdout.write(checkMarkdown(report, PROGRAM));
  else {
    const text = checkText(report, { colours, width: columns(), failOn, program: PROGRAM });
    (options.printAccept ? process.stderr : process.stdout).write(`${text}\n`);
  }
  // A file of its own: `--print-accept > accepted.yaml`.
  if (options.printAccept) process.stdout.write(acceptEntries(report));
}

/** Prints progress on a terminal only. */
function progress(): (line: string) => void {
  return process.stderr.isTTY ? (line) => process.stderr.write(`${line}\n`) : () => undefined;
}

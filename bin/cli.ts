import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, type HelpConfiguration } from 'commander';
import { PROGRAM } from '../helpers/constants/program.ts';
import { packageRoot } from '../helpers/constants/project.mjs';
import { wrapped } from '../helpers/report/wrap.ts';
import { EXIT, messageOf } from '../helpers/util/errors.ts';
import { columns } from './columns.ts';
import { adminCommand } from './commands/admin.ts';
import { benchCommand } from './commands/bench.ts';
import { bookCommand } from './commands/book.ts';
import { compareCommand } from './commands/compare.ts';
import { completeCommand, completionCommand } from './commands/completion.ts';
import { configCommand } from './commands/config.ts';
import { conntrackCommand } from './commands/conntrack.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { editCommand } from './commands/edit.ts';
import { execCommand } from './commands/exec.ts';
import { gcCommand } from './commands/gc.ts';
import { listCommand } from './commands/list.ts';
import { logsCommand } from './commands/logs.ts';
import { mergeCommand } from './commands/merge.ts';
import { newCommand } from './commands/new.ts';
import { proveCommand } from './commands/prove.ts';
import { psCommand } from './commands/ps.ts';
import { resetCommand } from './commands/reset.ts';
import { rulesCommand } from './commands/rules.ts';
import { runCommand } from './commands/run.ts';
import { setupCommand } from './commands/setup.ts';
import { shellCommand } from './commands/shell.ts';
import { traceCommand } from './commands/trace.ts';
import { upCommand } from './commands/up.ts';

/** The status of a program that SIGPIPE ended, as in shells: 128 + 13. */
const BROKEN_PIPE = 141;

/** Commander's default width, or less on a narrow terminal. */
const HELP_WIDTH = Math.min(columns(), 80);

/** On a narrow terminal a description stands below its option. */
const helpLayout: HelpConfiguration = {
  helpWidth: HELP_WIDTH,
  ...(HELP_WIDTH < 60 && {
    formatItem: (term, _, description) => [`  ${term}`, wrapped(description, HELP_WIDTH, '      ')].join('\n'),
  }),
};

// A reader that closes the pipe, as in `bigbook list | head`, is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(BROKEN_PIPE);
    process.exit(say(EXIT.setup, `cannot write the output: ${error.message}`));
  });
}

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };

const program = new Command('bigbook')
  .version(version, '-V, --version', 'print the version')
  .description(
    'An executable edition of the Envoy Proxy Big Book of Examples: real Envoy, real netfilter, every claim asserted.',
  )
  .addHelpText(
    'after',
    `
Exit status: 0 all claims held, 1 a claim failed, 2 wrong usage or input, 3 set-up or lab could not be had.

Example:
  $ ${PROGRAM} setup && ${PROGRAM} run original-dst`,
  );

for (const command of [
  setupCommand,
  doctorCommand,
  listCommand,
  configCommand,
  runCommand,
  compareCommand,
  mergeCommand,
  newCommand,
  proveCommand,
  bookCommand,
  gcCommand,
  benchCommand,
  upCommand,
  traceCommand,
  execCommand,
  shellCommand,
  logsCommand,
  rulesCommand,
  conntrackCommand,
  adminCommand,
  editCommand,
  resetCommand,
  downCommand,
  psCommand,
  completionCommand,
]) {
  program.addCommand(command);
}
program.addCommand(completeCommand(program), { hidden: true });

// Commander would exit with 1, the status of a failed claim, and put hints on lines of their own.
for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
  command.configureOutput({ writeErr: () => undefined }).exitOverride((error) => {
    const usage = command.createHelp().commandUsage(command);
    if (error.code === 'commander.missingArgument') error.message += `; usage: ${usage}`;
    throw error;
  });
  command.configureHelp({ ...command.configureHelp(), ...helpLayout });
}

try {
  if (process.argv.length <= 2) process.stdout.write(program.helpInformation());
  else await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Prints an error. @returns its exit status, by its name: vitest's modules have classes of their own */
function report(error: unknown): number {
  if (!(error instanceof Error)) return say(EXIT.setup, `internal error: ${messageOf(error)}`);
  if (error instanceof CommanderError) {
    return error.exitCode === 0
      ? EXIT.passed
      : say(EXIT.usage, error.message.replace(/^error: /, '').replaceAll('\n', ' '));
  }
  if (error.name === 'UsageError') return say(EXIT.usage, error.message);
  if (error.name === 'SetupError') return say(EXIT.setup, error.message);
  // Node's message names the file and the reason, such as a full disk.
  if ('syscall' in error && 'path' in error) return say(EXIT.setup, error.message);
  return say(EXIT.setup, `internal error: ${error.stack ?? error.message}`);
}

function say(status: number, message: string): number {
  process.stderr.write(`bigbook: ${message}\n`);
  return status;
}

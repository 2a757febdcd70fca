import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, type HelpConfiguration } from 'commander';
import { withSourcePlaces } from '../fixtures/compiled/source-places.ts';
import { PROGRAM } from '../helpers/constants/program.ts';
import { installed, packageRoot } from '../helpers/constants/project.mjs';
import { wrapped } from '../helpers/report/wrap.ts';
import { EXIT, messageOf, UsageError } from '../helpers/util/errors.ts';
import { columns } from './columns.ts';
import { adminCommand } from './commands/admin.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { completeCommand, completionCommand } from './commands/completion.ts';
import { configCommand } from './commands/config.ts';
import { conntrackCommand } from './commands/conntrack.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { editCommand } from './commands/edit.ts';
import { execCommand } from './commands/exec.ts';
import { gcCommand } from './commands/gc.ts';
import { initCommand } from './commands/init.ts';
import { listCommand } from './commands/list.ts';
import { logsCommand } from './commands/logs.ts';
import { mergeCommand } from './commands/merge.ts';
import { newCommand } from './commands/new.ts';
import { gathered } from './commands/option-values.ts';
import { proveCommand } from './commands/prove.ts';
import { psCommand } from './commands/ps.ts';
import { resetCommand } from './commands/reset.ts';
import { rulesCommand } from './commands/rules.ts';
import { runCommand } from './commands/run.ts';
import { setupCommand } from './commands/setup.ts';
import { shellCommand } from './commands/shell.ts';
import { traceCommand } from './commands/trace.ts';
import { upCommand } from './commands/up.ts';

/** The exit code of a program that SIGPIPE ended, as in shells: 128 + 13. */
const BROKEN_PIPE = 141;

/** Commander's default width, or less on a narrow terminal. */
const HELP_WIDTH = Math.min(columns(), 80);

/** On a narrow terminal a description stands below its option. */
const helpLayout: HelpConfiguration = {
  helpWidth: HELP_WIDTH,
  subcommandTerm: (command) => command.name(),
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

// The name in usage lines is a command that runs this installation, as in examples and hints.
const program = new Command(PROGRAM)
  .version(version, '-V, --version', 'print the version')
  .description(
    'An executable edition of the Envoy Proxy Big Book of Examples: real Envoy, real netfilter, every claim asserted.',
  )
  .addHelpText(
    'after',
    `
Exit codes:
  0    no claim failed; claims may have been skipped
  1    a claim failed, a fault survived, or a difference was found
  2    wrong usage or input
  3    set-up or lab error
  130  interrupted

Example:
  $ ${PROGRAM} setup && ${PROGRAM} run original-dst`,
  );

/** Commands for the book itself, which are not in the package. */
const OF_CHECKOUT: [Command, summary: string][] = installed
  ? []
  : [
      [(await import('./commands/book.ts')).bookCommand, 'Generate the pages in docs/'],
      [(await import('./commands/bench.ts')).benchCommand, 'Measure labs, exchanges and whole runs'],
    ];

/** Every command and its line in the help of the program, by group. */
const COMMANDS: Record<string, [Command, summary: string][]> = {
  'Set-up:': [
    [setupCommand, 'Install missing npm dependencies, container engine and images'],
    [doctorCommand, 'Probe kernel and engine; report which chapters can run'],
    [gcCommand, 'Remove leftover containers, old reports and caches'],
    [completionCommand, 'Print a shell completion script'],
  ],
  'Your own Envoy:': [
    [checkCommand, 'Compare two Envoy versions on your own config'],
    [initCommand, 'Write the settings, requests and first claims of a project'],
  ],
  'Chapters:': [
    [listCommand, 'List chapters, claims, faults or Envoy versions'],
    [configCommand, 'Print the Envoy config of a chapter'],
    [runCommand, 'Run chapters and report every claim'],
    [compareCommand, 'Compare the behaviour of two Envoy versions'],
    [mergeCommand, 'Merge records into one report'],
  ],
  'Writing chapters:': [
    [newCommand, 'Create a chapter'],
    [proveCommand, 'Inject faults and check that claims detect them'],
    ...OF_CHECKOUT,
  ],
  'Labs to explore:': [
    [upCommand, 'Start the lab of a chapter and keep it running'],
    [traceCommand, 'Trace one request through hosts, rules and Envoy'],
    [execCommand, 'Run a command on a host'],
    [shellCommand, 'Open a shell on a host'],
    [logsCommand, 'Print the logs of Envoy and hosts'],
    [rulesCommand, 'Print netfilter rules with their counters'],
    [conntrackCommand, 'Print conntrack entries'],
    [adminCommand, 'Print the response of an Envoy admin endpoint'],
    [editCommand, 'Edit netfilter rules or the Envoy config'],
    [resetCommand, 'Restore the rules and Envoy config of the scenario'],
    [downCommand, 'Stop a running lab'],
    [psCommand, 'List running labs'],
  ],
};

for (const [heading, commands] of Object.entries(COMMANDS)) {
  program.commandsGroup(heading);
  for (const [command, summary] of commands) program.addCommand(command.summary(summary));
}
program.commandsGroup('Set-up:').helpCommand('help [command]', 'Print help for a command');
program.addCommand(completeCommand(program), { hidden: true });

// Commander would exit with 1, the exit code of a failed claim, and print hints on separate lines.
for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
  command.configureOutput({ writeErr: () => undefined }).exitOverride((error) => {
    const usage = command.createHelp().commandUsage(command);
    if (error.code === 'commander.missingArgument') error.message += `; usage: ${usage}`;
    throw error;
  });
  command.helpOption('-h, --help', 'print this help');
  refuseRepeats(command);
  command.configureHelp({ ...command.configureHelp(), ...helpLayout });
}

try {
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** An option with one value that is given twice: the last one would win without a word. */
function refuseRepeats(command: Command): void {
  for (const option of command.options) {
    if ((!option.required && !option.optional) || option.variadic || option.parseArg === gathered) continue;
    const values: string[] = [];
    command.on(`option:${option.name()}`, (value: string | null) => {
      values.push(value ?? '');
      if (values.length > 1)
        throw new UsageError(`${option.long ?? option.flags} is given twice (${values.join(' and ')}); give it once`);
    });
  }
}

/** Prints an error. @returns the exit code for its name: vitest's modules have classes of their own */
function report(error: unknown): number {
  if (!(error instanceof Error)) return say(EXIT.setup, `internal error: ${messageOf(error)}`);
  if (error instanceof CommanderError) {
    return error.exitCode === 0
      ? EXIT.passed
      : say(EXIT.usage, error.message.replace(/^error: /, '').replaceAll('\n', ' '));
  }
  if (error.name === 'UsageError') return say(EXIT.usage, error.message);
  if (error.name === 'SetupError') return say(EXIT.setup, error.message);
  // An optional peer of the package.
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND' && /package 'vitest'/.test(error.message))
    return say(EXIT.setup, 'vitest is not installed, which runs claims; `npm install --save-dev vitest` installs it');
  // Node's message names the file and the reason, such as a full disk.
  if ('syscall' in error && 'path' in error) return say(EXIT.setup, error.message);
  return say(EXIT.setup, `internal error: ${withSourcePlaces(error.stack ?? error.message)}`);
}

function say(status: number, message: string): number {
  // A setting's problems are a line each.
  process.stderr.write(message.replaceAll(/^(?=\S)/gm, 'bigbook: ').concat('\n'));
  return status;
}

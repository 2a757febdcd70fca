import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { PROGRAM_FILE } from '../../helpers/constants/program.ts';
import { packageRoot } from '../../helpers/constants/project.mjs';
import type { CommandShape } from '../../helpers/util/completion.ts';
import { shellWords } from '../../helpers/util/shell-words.ts';
import { command } from './command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof SHELLS)[number];

export const completionCommand = command(
  'completion',
  ['completion bash'],
  `
In ~/.bashrc:                    source <(${PROGRAM_FILE} completion bash)
In ~/.zshrc, after compinit:     source <(${PROGRAM_FILE} completion zsh)
In ~/.config/fish/config.fish:   ${PROGRAM_FILE} completion fish | source
`,
)
  .description('Print a script that completes commands, options, chapters, hosts, versions and claims.')
  .addArgument(new Argument('<shell>', 'shell').choices(SHELLS))
  .action(async (shell: Shell) => {
    const script = await readFile(new URL(`../completion/bigbook.${shell}`, import.meta.url), 'utf8');
    const program = shellWords([process.execPath, join(packageRoot, 'bin/bigbook.mjs')]);
    process.stdout.write(script.replace('@bigbook@', () => program));
  });

/** The command that the scripts run: `complete bash -- run original-d`. The help hides it. */
export function completeCommand(program: Command): Command {
  return new Command('complete')
    .argument('<shell>')
    .argument('[words...]')
    .action(async (shell: Shell, raw: string[]) => {
      const { complete } = await import('../../helpers/util/completion.ts');
      const { quoteForBash, wordsFromBash } = await import('../../helpers/util/bash-words.ts');
      const { sourceOf } = await import('../completion/sources.ts');
      // zsh passes all words without quotes, fish all but the one being typed.
      const asTyped = shell === 'bash' ? raw : shell === 'fish' ? raw.slice(-1) : [];
      const { words: unquoted, quote } = wordsFromBash(asTyped);
      const words = [...raw.slice(0, raw.length - asTyped.length), ...unquoted];
      const found = await complete(shapeOf(program), words, sourceOf);
      const candidates = found === 'files' ? [{ value: ':files' }] : found;
      const lines = candidates.map(({ value, description }) => {
        // Bash splits words at `=` and replaces only what follows it.
        if (shell === 'bash') return quoteForBash(value.replace(/^--[^=]+=/, ''), quote);
        return description === undefined ? value : `${value}\t${description.split('. ', 1)}`;
      });
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
      // A lab that has not answered in time would keep the process alive.
      process.exit();
    });
}

function shapeOf(command: Command): CommandShape {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.summary() || command.description(),
    options: help.visibleOptions(command).map(({ long, short, description, required, optional, argChoices = [] }) => ({
      ...{ flag: long ?? short ?? '', description },
      ...{ takesValue: required || optional, choices: [...argChoices] },
    })),
    commands: help
      .visibleCommands(command)
      .filter((each) => each.name() !== 'help')
      .map(shapeOf),
  };
}

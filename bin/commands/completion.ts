import { Argument, Command } from 'commander';
import { PROGRAM, PROGRAM_FILE } from '../../helpers/constants/program.ts';
import type { CommandShape } from '../../helpers/util/completion.ts';
import { SHELLS, type Shell } from '../../helpers/util/completion-scripts.ts';

export function completionCommand(): Command {
  return new Command('completion')
    .description('Prints a script that has a shell complete commands, options, chapters, hosts, versions and claims.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
In ~/.bashrc:                    source <(${PROGRAM_FILE} completion bash)
In ~/.zshrc, behind compinit:    source <(${PROGRAM_FILE} completion zsh)
In ~/.config/fish/config.fish:   ${PROGRAM_FILE} completion fish | source

Example:
  $ ${PROGRAM} completion bash`,
    )
    .action(async (shell: Shell) => {
      const [{ completionScript }, { packageRoot }, { join }] = await Promise.all([
        import('../../helpers/util/completion-scripts.ts'),
        import('../../helpers/constants/project.mjs'),
        import('node:path'),
      ]);
      process.stdout.write(
        completionScript(shell, [process.execPath, join(packageRoot, 'bin/bigbook.mjs'), 'complete']),
      );
    });
}

/** What those scripts ask: `complete bash -- run original-d`. No command for people. */
export function completeCommand(program: Command): Command {
  return new Command('complete')
    .argument('<shell>')
    .argument('[words...]')
    .action(async (shell: Shell, raw: string[]) => {
      const [{ complete }, { FILES }, { quoteForBash, wordsFromBash }, { sourceOf }] = await Promise.all([
        import('../../helpers/util/completion.ts'),
        import('../../helpers/util/completion-scripts.ts'),
        import('../../helpers/util/bash-words.ts'),
        import('../completion/sources.ts'),
      ]);
      // Of zsh all words come without quotes, of fish all but the one that is being typed.
      const asTyped = shell === 'bash' ? raw : shell === 'fish' ? raw.slice(-1) : [];
      const { words: unquoted, quote } = wordsFromBash(asTyped);
      const words = [...raw.slice(0, raw.length - asTyped.length), ...unquoted];
      const found = await complete(shapeOf(program), words, sourceOf);
      if (found === 'files') return void process.stdout.write(`${FILES}\n`);
      // Bash has cut the word behind the =, and replaces what is behind it.
      const cut = shell === 'bash' ? /^--[^=]+=/ : /^$/;
      const lines = found.map(({ value, description }) =>
        shell === 'bash'
          ? quoteForBash(value.replace(cut, ''), quote)
          : [value, ...(description === undefined ? [] : [description.split('. ', 1)])].join('\t'),
      );
      process.stdout.write(lines.map((line) => `${line}\n`).join(''));
      // A lab that has not answered in time would keep this process. To a pipe, all is written by now.
      process.exit();
    });
}

function shapeOf(command: Command): CommandShape {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.description(),
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

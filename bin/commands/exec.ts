import { Command } from 'commander';
import { example } from './example.ts';
import { wholeFrom } from './whole-number.ts';

export function execCommand(): Command {
  return new Command('exec')
    .description('Runs a command on a host of a lab that is up; its exit status is the command’s own.')
    .usage('[options] [slug] <host> -- <command...>')
    .argument('[words...]', 'the chapter (default: the only one that is up), the host, and the command behind --')
    .option('--user <uid>', 'run it as this user and group (default: root)', wholeFrom(0))
    .option('--tty', 'give it this terminal')
    .addHelpText('after', example('exec host --user 1000 -- curl -i http://198.51.100.10/'))
    .action(async (all: string[], { user, tty = false }: { user?: number; tty?: boolean }) => {
      const { UsageError } = await import('../../helpers/util/errors.ts');
      const { lastAndSlug, splitCommand } = await import('../playground/split-command.ts');
      const { words, command } = splitCommand(all);
      const [program, ...args] = command;
      if (program === undefined)
        throw new UsageError('missing a command: put it behind --, as in `exec host -- ip route`');
      const { slug, last: host } = lastAndSlug(words, 'a host');
      if (tty && !process.stdin.isTTY) throw new UsageError('--tty needs a terminal, and stdin is none');
      const { askLab } = await import('../../fixtures/playground/lab-client.ts');
      const { runInside } = await import('../../fixtures/playground/exec.ts');
      const lab = await askLab(slug, 'describe', null);
      process.exitCode = await runInside(lab, {
        ...{ host, argv: [program, ...args], tty },
        ...(user === undefined ? {} : { uid: user }),
      });
    });
}

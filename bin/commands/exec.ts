import { UsageError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { command } from './command.ts';
import { wholeFrom } from './option-values.ts';

export const execCommand = command('exec', ['exec host --user 1000 -- curl -i http://198.51.100.10/'])
  .description('Runs a command on a host of a lab that is up; its exit status is the command’s own.')
  .usage('[options] [slug] <host> -- <command...>')
  .argument('[words...]', 'the chapter (default: the only one that is up), the host, and the command behind --')
  .option('--user <uid>', 'run it as this user and group (default: root)', wholeFrom(0))
  .option('--tty', 'give it this terminal')
  .action(async (all: string[], { user, tty = false }: { user?: number; tty?: boolean }) => {
    const { lastAndSlug, splitCommand } = await import('../playground/split-command.ts');
    const { words, command } = splitCommand(all);
    const [program, ...args] = command;
    if (program === undefined)
      throw new UsageError('missing a command: put it behind --, as in `exec host -- ip route`');
    const { slug, last: host } = lastAndSlug(words, 'a host');
    if (tty && !process.stdin.isTTY) throw new UsageError('--tty needs a terminal, and stdin is none');
    const { runInside } = await import('../../fixtures/playground/exec.ts');
    const { askLab } = await import('../../fixtures/playground/lab-client.ts');
    process.exitCode = await runInside(await askLab(slug, 'describe'), {
      host,
      argv: [program, ...args],
      tty,
      ...given({ uid: user }),
    });
  });

import { UsageError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { command, helpArguments, RUNNING_LAB } from './command.ts';
import { wholeFrom } from './option-values.ts';

export const execCommand = command('exec', ['exec host --user 1000 -- curl -i http://198.51.100.10/'])
  .description('Run a command on a host of a running lab and exit with its exit code.')
  .usage('[options] [slug] <host> -- <command...>')
  .argument('[words...]')
  .configureHelp(
    helpArguments({ slug: RUNNING_LAB, host: 'host of the lab; `ps` lists them', command: 'command to run on it' }),
  )
  .option('--user <uid>', 'run as this user and group (default: root)', wholeFrom(0))
  .option('--tty', 'attach this terminal')
  .action(async (all: string[], { user, tty = false }: { user?: number; tty?: boolean }) => {
    const { lastAndSlug, splitCommand } = await import('../playground/split-command.ts');
    const { words, command } = splitCommand(all);
    const [program, ...args] = command;
    if (program === undefined)
      throw new UsageError('missing a command; put it after --, as in `exec host -- ip route`');
    const { slug, last: host } = lastAndSlug(words, 'a host');
    if (tty && !process.stdin.isTTY)
      throw new UsageError('--tty needs a terminal, but stdin is not one; leave out --tty');
    const { runInside } = await import('../../fixtures/playground/exec.ts');
    const { callLab } = await import('../../fixtures/playground/lab-client.ts');
    process.exitCode = await runInside(await callLab(slug, 'describe'), {
      host,
      argv: [program, ...args],
      tty,
      ...given({ uid: user }),
    });
  });

import { given } from '../../helpers/util/given.ts';
import { command, helpArguments, RUNNING_LAB } from './command.ts';
import { wholeFrom } from './option-values.ts';

export const shellCommand = command('shell', ['shell router'])
  .description('Open a shell on a host of a running lab. Commands are read from stdin if it is not a terminal.')
  .usage('[options] [slug] <host>')
  .argument('[words...]')
  .configureHelp(helpArguments({ slug: RUNNING_LAB, host: 'host of the lab; `ps` lists them' }))
  .option('--user <uid>', 'run as this user and group (default: root)', wholeFrom(0))
  .action(async (words: string[], { user }: { user?: number }) => {
    const { lastAndSlug } = await import('../playground/split-command.ts');
    const { slug, last: host } = lastAndSlug(words, 'a host');
    const { runInside } = await import('../../fixtures/playground/exec.ts');
    const { callLab } = await import('../../fixtures/playground/lab-client.ts');
    const tty = process.stdin.isTTY ?? false;
    process.exitCode = await runInside(await callLab(slug, 'describe'), {
      // The image's own start-up file would name the container, not the host.
      ...(tty ? { argv: ['bash', '--norc'], env: { PS1: `${host}:\\w\\$ ` } } : { argv: ['bash'] }),
      ...{ host, tty, ...given({ uid: user }) },
    });
  });

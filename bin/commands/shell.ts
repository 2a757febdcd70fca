import { given } from '../../helpers/util/given.ts';
import { command } from './command.ts';
import { wholeFrom } from './option-values.ts';

export const shellCommand = command('shell', ['shell router'])
  .description('Opens a shell on a host of a lab that is up; reads commands from stdin where that is no terminal.')
  .usage('[options] [slug] <host>')
  .argument('[words...]', 'the chapter (default: the only one that is up) and the host')
  .option('--user <uid>', 'be this user and group (default: root)', wholeFrom(0))
  .action(async (words: string[], { user }: { user?: number }) => {
    const { lastAndSlug } = await import('../playground/split-command.ts');
    const { slug, last: host } = lastAndSlug(words, 'a host');
    const { runInside } = await import('../../fixtures/playground/exec.ts');
    const { askLab } = await import('../../fixtures/playground/lab-client.ts');
    const tty = process.stdin.isTTY ?? false;
    process.exitCode = await runInside(await askLab(slug, 'describe'), {
      // The image's own start-up file would name the container, not the host.
      ...(tty ? { argv: ['bash', '--norc'], env: { PS1: `${host}:\\w\\$ ` } } : { argv: ['bash'] }),
      ...{ host, tty, ...given({ uid: user }) },
    });
  });

import { Command } from 'commander';
import { example } from './example.ts';
import { wholeFrom } from './whole-number.ts';

export function shellCommand(): Command {
  return new Command('shell')
    .description('Opens a shell on a host of a lab that is up; reads commands from stdin where that is no terminal.')
    .usage('[options] [slug] <host>')
    .argument('[words...]', 'the chapter (default: the only one that is up) and the host')
    .option('--user <uid>', 'be this user and group (default: root)', wholeFrom(0))
    .addHelpText('after', example('shell router'))
    .action(async (words: string[], { user }: { user?: number }) => {
      const { lastAndSlug } = await import('../playground/split-command.ts');
      const { slug, last: host } = lastAndSlug(words, 'a host');
      const { askLab } = await import('../../fixtures/playground/lab-client.ts');
      const { runInside } = await import('../../fixtures/playground/exec.ts');
      const lab = await askLab(slug, 'describe', null);
      const tty = process.stdin.isTTY ?? false;
      process.exitCode = await runInside(lab, {
        // The image's own start-up file would name the container, not the host.
        ...(tty ? { argv: ['bash', '--norc'], env: { PS1: `${host}:\\w\\$ ` } } : { argv: ['bash'] }),
        ...{ host, tty },
        ...(user === undefined ? {} : { uid: user }),
      });
    });
}

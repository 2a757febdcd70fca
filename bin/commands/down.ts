import { UsageError } from '../../helpers/util/errors.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import { command } from './command.ts';

export const downCommand = command('down', ['down original-dst'])
  .description('Ends a lab that is up, and waits until all of it is gone.')
  .argument('[slug]', 'the chapter (default: the only one that is up)')
  .option('--all', 'end all labs that are up')
  .action(async (slug: string | undefined, { all }: { all?: true }) => {
    const { askServer, chooseLab, labsUp } = await import('../../fixtures/playground/lab-client.ts');
    const { chapterSlugs } = await import('../run/chapters.ts');
    if (all && slug !== undefined) throw new UsageError('name a lab or say --all, not both');
    const up = await labsUp();
    if (slug !== undefined && !up.includes(slug)) knownName('chapter', slug, await chapterSlugs());
    const none = slug === undefined ? up.length === 0 : !up.includes(slug);
    // To have it down is what was asked for: nothing to do is no error.
    if (none) process.stdout.write(`no lab${slug === undefined ? '' : ` of ${slug}`} is up\n`);
    for (const lab of none ? [] : all ? up : [await chooseLab(slug)]) {
      await askServer(lab, 'down');
      process.stdout.write(`${lab} is down\n`);
    }
  });

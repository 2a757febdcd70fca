import { UsageError } from '../../helpers/util/errors.ts';
import { knownName } from '../../helpers/util/known-name.ts';
import { command, RUNNING_LAB } from './command.ts';

export const downCommand = command('down', ['down original-dst'])
  .description('Stop a running lab and wait until its containers are removed.')
  .argument('[slug]', RUNNING_LAB)
  .option('--all', 'stop all running labs')
  .action(async (slug: string | undefined, { all }: { all?: true }) => {
    const { callServer, chooseLab, labsUp } = await import('../../fixtures/playground/lab-client.ts');
    const { chapterSlugs } = await import('../run/chapters.ts');
    if (all && slug !== undefined)
      throw new UsageError(`--all excludes a chapter, found ${JSON.stringify(slug)}; leave out one of them`);
    const up = await labsUp();
    if (slug !== undefined && !up.includes(slug)) knownName('chapter', slug, await chapterSlugs());
    const none = slug === undefined ? up.length === 0 : !up.includes(slug);
    // A lab that does not run is in the requested state: no error.
    if (none) process.stdout.write(`no lab${slug === undefined ? '' : ` of ${slug}`} is running\n`);
    for (const lab of none ? [] : all ? up : [await chooseLab(slug)]) {
      await callServer(lab, 'down');
      process.stdout.write(`${lab} stopped\n`);
    }
  });

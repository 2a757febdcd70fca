import { ageFrom } from '../../helpers/util/age.ts';
import { UsageError } from '../../helpers/util/errors.ts';
import { command } from './command.ts';

export const gcCommand = command('gc', ['gc', 'gc --reports', 'gc --reports --older-than 7d'])
  .description(
    'Remove containers left by runs that died. Live runs and foreign containers are never touched. With --reports, list or remove old reports and caches instead.',
  )
  .option('--reports', 'list the reports and caches of this project with their sizes; remove nothing')
  .option('--older-than <age>', 'with --reports: remove those whose newest file is older: 7d, 12h, 2w, 30min', readAge)
  .action(async ({ reports, olderThan }: { reports?: true; olderThan?: number }) => {
    if (olderThan !== undefined && !reports)
      throw new UsageError('--older-than applies to reports and caches; add --reports');
    process.stdout.write(reports ? await collectFiles(olderThan) : await collectContainers());
  });

function readAge(text: string): number {
  const age = ageFrom(text);
  if (age === undefined)
    throw new UsageError(`--older-than takes an age such as 7d, 12h, 2w or 30min, found ${JSON.stringify(text)}`);
  return age;
}

async function collectFiles(olderThan: number | undefined): Promise<string> {
  const { keptFiles, placesOf, removeKept } = await import('../gc/kept-files.ts');
  const { describeKept } = await import('../gc/kept-text.ts');
  const kept = await keptFiles(placesOf());
  if (olderThan === undefined) return describeKept(kept, undefined);
  return describeKept(await removeKept(kept, olderThan), 'removed');
}

async function collectContainers(): Promise<string> {
  const { collectGarbage } = await import('../../fixtures/sandbox/gc.ts');
  const { removed, spared } = await collectGarbage();
  const lines = [...removed.map((what) => `removed  ${what}`), ...spared.map((what) => `kept     ${what}`)];
  if (removed.length === 0) lines.push('nothing to remove');
  return `${lines.join('\n')}\n`;
}

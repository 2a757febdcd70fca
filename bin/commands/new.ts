import { PROGRAM } from '../../helpers/constants/program.ts';
import { installed } from '../../helpers/constants/project.mjs';
import { command } from './command.ts';

export const newCommand = command('new', ['new local-ratelimit'])
  .description('Create a chapter that is ready to run: scenario, Envoy config, claims, faults and kills.json.')
  .argument('<slug>', 'name of the chapter: lower-case words with hyphens')
  .action(async (slug: string) => {
    const { newChapter } = await import('../new/new-chapter.ts');
    const files = await newChapter(slug);
    const next = [
      `run ${slug}`,
      `prove ${slug} --update`,
      ...(installed ? [] : [`run ${slug} --in-order`, `book ${slug}`]),
    ].map((words) => `  ${PROGRAM} ${words}`);
    process.stdout.write(`${files.join('\n')}\n\nEdit these files, then:\n${next.join('\n')}\n`);
  });

import { UsageError } from '../../helpers/util/errors.ts';
import type { BookOptions } from '../book/make-book.ts';
import { command } from './command.ts';
import { gathered } from './option-values.ts';

export const bookCommand = command('book', ['book', 'run tcp-proxy && book tcp-proxy', 'book --check'])
  .description(
    'Makes the pages in docs/ from scenarios, records and a fresh trace of every chapter. First what the pages need of records and traces is gathered in docs/evidence/, then the pages are written.',
  )
  .argument('[slug...]', 'gather evidence of these chapters alone (default: all); every page is written')
  .option(
    '--record <file>',
    'gather from this record; may be given several times (default: the newest one in reports/ that has every claim)',
    gathered,
  )
  .option('--no-trace', 'keep the traces that are there')
  .option('--no-gather', 'write the pages from the evidence that is there, and gather nothing')
  .option('--check', 'write nothing: say what is not as it would be made now, and end with status 1 where something is')
  .action(async (slugs: string[], options: BookOptions & { check?: true }) => {
    if (options.check && slugs.length > 0) throw new UsageError('--check looks at every page: leave out the chapters');
    const { checkBook, makeBook } = await import('../book/make-book.ts');
    process.exitCode = options.check ? await checkBook(options) : await makeBook(slugs, options);
  });
